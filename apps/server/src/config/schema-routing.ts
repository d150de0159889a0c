import { failoverPolicies, modelPreferences, reasoningEfforts, verbosities } from '@jackfield/core'
import Type from 'typebox'
import { choice, section } from './schema-parts.ts'

/** Parameters of calls. */
export const parameters = (description: string) =>
  section(description, {
    temperature: Type.Optional(
      Type.Number({ minimum: 0, maximum: 2, description: 'Sampling temperature.' }),
    ),
    top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Nucleus sampling.' })),
    top_k: Type.Optional(
      Type.Integer({ minimum: 1, description: 'How many of the likeliest tokens to choose from.' }),
    ),
    reasoning_effort: Type.Optional(
      choice(reasoningEfforts, { description: 'How hard the model is asked to think.' }),
    ),
    verbosity: Type.Optional(
      choice(verbosities, { description: 'How long answers are asked to be.' }),
    ),
    max_output_tokens: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Longest answer, in tokens.' }),
    ),
  })

/** A setting that is a selector. */
const selector = (keywords: { readonly expects: string; readonly description: string }) =>
  Type.String({ minLength: 1, ...keywords })

/** People write these with underscores too. */
const roundRobin = { round_robin: 'round-robin' } as const

// Any name gets this far: what is wrong with one is told in words, not by a pattern.
const anyName = Type.String({ pattern: '^.+$' })

const modelAlias = Type.Object(
  {
    pattern: Type.String({
      minLength: 1,
      description:
        'Regular expression (RE2). It matches anywhere unless anchored with `^` and `$`.',
    }),
    replacement: Type.String({
      description:
        'Selector for the part that matches; `\\1` to `\\9` are the groups of the pattern, `\\0` is all that matches.',
    }),
  },
  {
    additionalProperties: false,
    pair: ['pattern', 'replacement'],
    expects: 'a mapping with pattern and replacement',
  },
)

const failoverRoute = Type.Object(
  {
    policy: choice(failoverPolicies, {
      default: 'ordered',
      synonyms: roundRobin,
      description:
        '`ordered`: one element after the other, keys as the pool chooses. `round-robin`: the same, beginning one element later with every request. `k`: the first element with each of its keys. `m`: each element with its first key. `km`: each element with all its keys, one element after the other. `mk`: all elements with their first key, then all with their second, and so on.',
    }),
    elements: Type.Array(
      selector({ expects: 'a selector such as backend:model', description: 'One place.' }),
      {
        minItems: 1,
        expects: 'a list of selectors, each for one place',
        description: 'The places, each a selector of one place.',
      },
    ),
  },
  { additionalProperties: false, expects: 'a mapping with policy and elements' },
)

/** The settings that decide where requests go. */
export const routingSettings = {
  default_backend: Type.Optional(
    Type.String({
      minLength: 1,
      expects: 'backend, backend:model or another selector',
      flag: ['default-backend', 'backend'],
      environment: ['LLM_BACKEND'],
      alias: ['backends.default_backend'],
      description:
        'Selector for requests that name no model. Its first backend serves the models that no backend lists. `backend` alone leaves the model to the request. Default: the backend, if only one is enabled.',
    }),
  ),
  static_route: Type.Optional(
    Type.String({
      minLength: 1,
      expects: 'a selector such as backend:model',
      flag: ['static-route'],
      environment: ['STATIC_ROUTE'],
      alias: ['backends.static_route'],
      description: 'Selector that every request goes to, whatever it asks for.',
    }),
  ),
  force_model: Type.Optional(
    Type.String({
      minLength: 1,
      expects: 'the name of a model',
      flag: ['force-model'],
      environment: ['FORCE_MODEL'],
      description: 'Replaces the model of every request and keeps its backend.',
    }),
  ),
  model_aliases: Type.Array(modelAlias, {
    default: [],
    json: true,
    flag: ['model-alias'],
    form: 'pattern=selector',
    environment: ['MODEL_ALIASES'],
    expects: 'a list of mappings with pattern and replacement',
    description:
      'Rules that rename what requests ask for, unless `static_route` is set: mappings of a `pattern`, which is a regular expression (RE2), to a `replacement`, which is a selector and may use the groups of the pattern as `\\1` to `\\9`. The first rule that matches counts, once. A flag gives one rule as `PATTERN=SELECTOR`, cut at the first `=` that is not written `\\=`; a variable gives the whole list as JSON.',
  }),
  model_preference: choice(modelPreferences, {
    default: 'order',
    synonyms: roundRobin,
    alias: ['routing.model_only_preference_policy'],
    description:
      'Which of several backends serves a model that is named alone and that all of them list. `order`: the default backend, else the first of the configuration. `round-robin`: they take turns. `priority`: the one with the highest `routing.priority`. `cost`: the one with the lowest `routing.cost`. The others are its fallback, except behind the default backend.',
  }),
  failover_routes: Type.Record(anyName, failoverRoute, {
    default: {},
    additionalProperties: false,
    expects: 'names of routes, each with policy and elements',
    description:
      'Lists of places under names, which may be used wherever a model is named, except in the elements of other routes.',
  }),
  model_defaults: Type.Record(
    anyName,
    parameters('Stand where nobody says anything, for this model.'),
    {
      default: {},
      additionalProperties: false,
      expects: 'models, each with parameters',
      description:
        'Parameters for single models where nobody says anything: by the model as its backend is asked for it, or by `backend:model`, which is stronger. Both stand above `parameters.defaults`.',
    },
  ),
} as const

/** What a backend's rank is taken from. */
export const backendRouting = section('Its rank among backends that list the same model.', {
  priority: Type.Optional(
    Type.Number({
      description: 'For `model_preference: priority`; the highest is asked first. Without it: 0.',
    }),
  ),
  cost: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'For `model_preference: cost`; the lowest is asked first. Without it: last.',
    }),
  ),
})
