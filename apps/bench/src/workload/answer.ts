const identity = {
  created: 1_795_132_800,
  model: 'bench-model-11',
  service_tier: 'default',
  system_fingerprint: 'fp_5a1d3c7be9',
}

/** Output tokens that every answer tells. */
export const outputTokens = 212

const usage = {
  prompt_tokens: 1_204,
  completion_tokens: outputTokens,
  total_tokens: 1_204 + outputTokens,
  prompt_tokens_details: { cached_tokens: 1_024, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
}

/** The body of a chat completion with this text as the model's answer. */
export function completion(content: string): Buffer {
  const message = { role: 'assistant', content, refusal: null, annotations: [] }
  return Buffer.from(
    JSON.stringify({
      id: 'chatcmpl-Bench00000000',
      object: 'chat.completion',
      ...identity,
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
      usage,
    }),
  )
}

/** Text of the answer to every `unary` script. */
export const unaryText =
  'The function reads the file twice: once for its size and once for its content.\n'.repeat(10)

/** That answer: about 1.3 KB. */
export const unaryAnswer: Buffer = completion(unaryText)

/** Text of the piece with this number: no two are equal. */
export function pieceText(index: number): string {
  return ` token ${String(index).padStart(6, '0')}\n`
}

const framesByContents = new Map<number, readonly Buffer[]>()

/**
 * The SSE frames of one streamed answer: role, then `contents` numbered frames of about 270 bytes, finish, usage, `[DONE]`. No two are
 * equal, so that one lost, doubled or exchanged frame changes the bytes.
 */
export function streamFrames(contents: number): readonly Buffer[] {
  const known = framesByContents.get(contents)
  if (known !== undefined) return known
  const frames = [
    chunkFrame({ role: 'assistant', content: '', refusal: null }, null),
    ...Array.from({ length: contents }, (_, index) =>
      chunkFrame({ content: pieceText(index) }, null),
    ),
    chunkFrame({}, 'stop'),
    frame({ ...chunkIdentity, choices: [], usage }),
    Buffer.from('data: [DONE]\n\n'),
  ]
  framesByContents.set(contents, frames)
  return frames
}

/** How many frames `streamFrames(contents)` has. */
export function frameCount(contents: number): number {
  return contents + 4
}

const chunkIdentity = {
  id: 'chatcmpl-Bench00000000',
  object: 'chat.completion.chunk',
  ...identity,
}

function chunkFrame(delta: object, finishReason: string | null): Buffer {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason }
  return frame({ ...chunkIdentity, choices: [choice] })
}

function frame(payload: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(payload)}\n\n`)
}
