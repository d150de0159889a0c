import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

interface LikelyToken {
  readonly token: string
  readonly logprob: number
  readonly top: JsonObject
}

/** Chat's list of log probabilities in the four parallel lists of the legacy protocol. `start` is the text's offset in the answer. */
export function legacyLogprobs(logprobs: JsonValue | undefined, start: number): JsonObject | null {
  const content = isJsonObject(logprobs) ? logprobs['content'] : undefined
  if (!Array.isArray(content)) return null
  const tokens = content.filter(isJsonObject).map(readToken)
  let offset = start
  const offsets = tokens.map(({ token }) => {
    const at = offset
    offset += token.length
    return at
  })
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => top),
    text_offset: offsets,
  }
}

function readToken(entry: JsonObject): LikelyToken {
  const { token, logprob, top_logprobs: top } = entry
  const others = Array.isArray(top) ? top.filter(isJsonObject) : []
  return {
    token: typeof token === 'string' ? token : '',
    logprob: typeof logprob === 'number' ? logprob : 0,
    top: Object.fromEntries(others.map((other) => [String(other['token']), other['logprob'] ?? 0])),
  }
}
