/** What an annotation does. The values that it takes come from the parser. */
export const annotationMeanings: Readonly<Record<string, string>> = {
  weight: 'Share of the draw; without it 1. Only between `^`.',
  first:
    'This place is asked first while the conversation has no answer yet. On one place at most. Only between `^`.',
  max_context:
    'The place is left out for longer prompts. Tokens are estimated where the size of the body does not decide.',
  handicap:
    'Head start: who has less than the largest begins later by the difference. Only between `!`.',
  connect_timeout: 'Until the connection stands.',
  ttft_timeout:
    'From the start of the attempt to the first text, reasoning or tool call of a stream. Then the next place is asked; in a race the place has lost.',
  idle_timeout: 'Between two pieces of an answer.',
  total_timeout: 'To the end of an answer that is not a stream.',
}

/** What a parameter does. The values that it takes come from the parser. */
export const parameterMeanings: Readonly<Record<string, string>> = {
  temperature: 'Sampling temperature.',
  top_p: 'Nucleus sampling.',
  top_k: 'How many of the likeliest tokens to choose from.',
  reasoning_effort: 'How hard the model is asked to think.',
  verbosity: 'How long the answer is asked to be.',
  max_output_tokens: 'Longest answer.',
}

/** Selectors, in the order in which the page shows them, below a heading each. */
export const examples: readonly (readonly [heading: string, selectors: readonly string[]])[] = [
  [
    'One place',
    [
      'openai:gpt-4o',
      'openai.KEY_2:gpt-4o',
      'anthropic/claude-sonnet-4',
      'claude-sonnet-4',
      'shared',
      'llama3:8b',
      'qwen/qwen3',
      'nobody-lists-it',
      'ft:gpt-4o:org::id',
      'openai:claude-opus-4-8[1m]',
      'local:odd%7Cname%20here',
      'safe',
    ],
  ],
  [
    'Several places',
    [
      'openai:gpt-4o|anthropic:claude-sonnet-4',
      'openai:gpt-4o | anthropic:claude-sonnet-4 | llama3:8b',
      'safe|local:llama3:8b',
      'openai:gpt-4o^anthropic:claude-sonnet-4',
      '[weight=9]openai:gpt-4o-mini^[weight=1]anthropic:claude-sonnet-4',
      'openai:gpt-4o^[first=1]anthropic:claude-sonnet-4',
      'openai:gpt-4o!anthropic:claude-sonnet-4',
      '[handicap=1.5]local:llama3:8b!openai:gpt-4o',
      'safe!local:llama3:8b',
    ],
  ],
  [
    'Annotations and parameters',
    [
      'openai:gpt-4o?temperature=0.2&reasoning_effort=high',
      'openai:gpt-4o?temperature=0.2&temperature=0.9',
      '[max_context=1]openai:gpt-4o-mini|openai:gpt-4o',
      '[max_context=8000,ttft_timeout=2]local:llama3:8b|openai:gpt-4o?verbosity=low',
      '[weight=3][max_context=8000]openai:gpt-4o^local:llama3:8b',
      'safe?max_output_tokens=500',
    ],
  ],
  [
    'Pairs',
    [
      'hybrid:[openai:gpt-4o,anthropic:claude-sonnet-4]',
      'hybrid:[openai:gpt-4o?reasoning_effort=high|local:llama3:8b,safe]|openai:gpt-4o',
    ],
  ],
]

/** A text, as it is shown on the page where it cannot be shown itself. */
interface Sample {
  readonly text: string
  readonly shown: string
}

const manyLeaves = Array.from({ length: 101 }, () => 'm').join('|')

/** Texts that cannot be shown, and are no selectors. */
export const unshowable: readonly Sample[] = [
  { shown: '(nothing)', text: '' },
  { shown: 'a tab in `a b`', text: 'a\tb' },
  { shown: '102,401 characters', text: 'm'.repeat(102_401) },
  { shown: '101 leaves', text: manyLeaves },
  { shown: 'a pair in a pair in a pair in a pair', text: `${'hybrid:['.repeat(4)}m` },
]

/** Texts that are no selectors. */
export const malformed: readonly string[] = [
  'openai:',
  'openai:gpt-4o|',
  '|openai:gpt-4o',
  'openai.:gpt-4o',
  'openai:gpt-4o|local:llama3:8b!safe',
  'openai:gpt 4o',
  'openai:gpt-4o[1',
  'gpt-4o]',
  'alias:fast',
  '[weight=3]openai:gpt-4o',
  '[handicap=1]safe|local:llama3:8b',
  '[weight=0]safe^local:llama3:8b',
  '[first=no]safe^local:llama3:8b',
  '[first=1]safe^[first=1]local:llama3:8b',
  '[max_context=8k]openai:gpt-4o',
  '[handicap=-1]safe!local:llama3:8b',
  '[ttft_timeout=soon]openai:gpt-4o',
  '[idle_timeout=100000]openai:gpt-4o',
  '[max_context=1,max_context=2]openai:gpt-4o',
  '[max_context]openai:gpt-4o',
  '[]openai:gpt-4o',
  '[speed=9]openai:gpt-4o',
  '[max_context=8000 openai:gpt-4o',
  '[max_context=8000] openai:gpt-4o',
  'openai:[gpt-4o,gpt-4o-mini]',
  'nope:[safe,safe]',
  'hybrid:[safe]',
  'hybrid:[safe,safe,safe]',
  'hybrid:[safe,safe',
  'hybrid:[safe,safe]x',
]

/** Parameters that are dropped. */
export const dropped: readonly string[] = [
  'openai:gpt-4o?temperature=9',
  'openai:gpt-4o?top_k=1.5',
  'openai:gpt-4o?reasoning_effort=hard',
  'openai:gpt-4o?seed=7&top_p=0.5',
]
