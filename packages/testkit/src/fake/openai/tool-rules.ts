import { field, onlyWhen, type Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  either,
  firstProblem,
  flag,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  type Problem,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'

const cites = 'OpenAI Chat, tools'

const name = text({ pattern: /^[A-Za-z0-9_-]{1,64}$/ })
const namedFunction = shape({ function: shape({ name }) })
const namedCustom = shape({ custom: shape({ name }) })

const grammar = shape({
  grammar: shape({ syntax: oneOf('lark', 'regex'), definition: text() }),
})

const tool = tagged({
  function: shape({
    function: shape({ name }, { description: anyText, parameters: anyObject, strict: flag }),
  }),
  custom: shape({
    custom: shape({ name }, { description: anyText, format: tagged({ text: shape({}), grammar }) }),
  }),
})

const toolChoice = either(
  oneOf('none', 'auto', 'required'),
  tagged({
    function: namedFunction,
    custom: namedCustom,
    allowed_tools: shape({
      allowed_tools: shape({ mode: oneOf('auto', 'required'), tools: listOf(anyObject) }),
    }),
  }),
)

/** Rules about the tools of a chat request. */
export const toolRules = {
  tools: field('tools', listOf(tool, { max: 128 }), cites),
  'strict-tool-schema': {
    cites,
    check: (body) =>
      firstProblem(itemsOf(body['tools']), (item, index) => {
        const definition = isObject(item) ? item['function'] : undefined
        if (!isObject(definition) || definition['strict'] !== true) return undefined
        return closedObjects(definition['parameters'], `tools[${index}].function.parameters`)
      }),
  },
  'tool-choice': field('tool_choice', toolChoice, cites),
  'parallel-tool-calls': field('parallel_tool_calls', flag, cites),
  'parallel-tool-calls-need-tools': onlyWhen(
    'parallel_tool_calls',
    (body) => itemsOf(body['tools']).length > 0,
    { message: 'is only allowed when tools are given', cites },
  ),
  functions: field('functions', listOf(shape({ name })), cites),
  'function-call': field('function_call', either(oneOf('none', 'auto'), shape({ name })), cites),
} as const satisfies Record<string, Rule>

/** In a strict schema each object has `additionalProperties: false` and requires all of its properties. */
export const closedObjects: Check = (schema, at) => {
  if (!isObject(schema)) return undefined
  return (
    (schema['type'] === 'object' ? openObject(schema, at) : undefined) ??
    firstProblem(childSchemas(schema), ([place, child]) => closedObjects(child, `${at}.${place}`))
  )
}

function openObject(schema: Readonly<Record<string, unknown>>, at: string): Problem | undefined {
  if (schema['additionalProperties'] !== false) {
    return { at, message: 'a strict schema needs additionalProperties: false in every object' }
  }
  const properties = isObject(schema['properties']) ? Object.keys(schema['properties']) : []
  const required = itemsOf(schema['required'])
  const missing = properties.filter((property) => !required.includes(property))
  if (missing.length === 0) return undefined
  return {
    at,
    message: `a strict schema must require all properties; missing: ${missing.join(', ')}`,
  }
}

function childSchemas(
  schema: Readonly<Record<string, unknown>>,
): readonly (readonly [place: string, child: unknown])[] {
  const named = ['properties', '$defs'].flatMap((group) => {
    const members = schema[group]
    const entries = isObject(members) ? Object.entries(members) : []
    return entries.map(([key, child]) => [`${group}.${key}`, child] as const)
  })
  const branches = itemsOf(schema['anyOf']).map(
    (child, index) => [`anyOf[${index}]`, child] as const,
  )
  return [...named, ...branches, ['items', schema['items']]]
}
