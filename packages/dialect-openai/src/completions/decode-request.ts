import {
  type CallHead,
  type ChatRequest,
  GatewayError,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'
import {
  asExtensions,
  isArray,
  leftoverOf,
  optionalNumber,
  optionalString,
  parseRequest,
  refuseType,
} from '@jackfield/dialect-kit'
import { decodeParameters } from '../chat/decode-parameters.ts'
import { completionsName } from '../names.ts'

const known = new Set([
  ...['model', 'prompt', 'stream', 'stream_options', 'suffix', 'echo', 'max_tokens', 'temperature'],
  ...[
    'top_p',
    'top_k',
    'n',
    'stop',
    'seed',
    'presence_penalty',
    'frequency_penalty',
    'logprobs',
    'user',
  ],
])

/**
 * A legacy completions request as a conversation of one user message.
 *
 * @throws GatewayError `unsupported_capability` for what no chat can answer: several prompts, prompts of token ids, filling in
 * before a `suffix`, `echo`.
 */
export function decodeRequest(body: Uint8Array, head: CallHead): ChatRequest {
  const { logprobs, ...wire } = parseRequest(body)
  refuseUntranslatable(wire)
  const prompt = onlyPrompt(wire['prompt'])
  const user = optionalString(wire, 'user')
  return {
    model: head.model ?? optionalString(wire, 'model') ?? '',
    messages: [{ role: 'user', content: prompt === '' ? [] : [{ type: 'text', text: prompt }] }],
    stream: head.stream,
    includeUsage: head.includeUsage,
    ...decodeParameters(wire),
    ...(typeof logprobs === 'number' ? { logprobs } : {}),
    ...(user === undefined ? {} : { endUser: user }),
    ...asExtensions(leftoverOf(wire, known), completionsName),
  }
}

function refuseUntranslatable(wire: JsonObject): void {
  if ((optionalString(wire, 'suffix') ?? '') !== '')
    throw cannot('suffix', 'fill in text before a suffix')
  if (wire['echo'] === true) throw cannot('echo', 'repeat the prompt in its answer')
  if ((optionalNumber(wire, 'best_of') ?? 1) > 1)
    throw cannot('best_of', 'choose the best of several answers')
}

function onlyPrompt(prompt: JsonValue | undefined): string {
  if (typeof prompt === 'string') return prompt
  if (!isArray(prompt)) return refuseType({ key: 'prompt' }, 'a string or an array', prompt)
  const [first] = prompt
  if (prompt.length === 1 && typeof first === 'string') return first
  if (typeof first === 'string') throw cannot('prompt', 'answer several prompts at once')
  throw cannot('prompt', 'read prompts of token ids')
}

function cannot(param: string, what: string): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    `The backend that serves this model speaks chat and cannot ${what} (\`${param}\`).`,
    { param },
  )
}
