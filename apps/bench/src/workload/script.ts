/**
 * What the fake upstream does with a request. It travels in the model's name, the one field that every gateway carries to its provider,
 * forwarded or translated; headers of our own would be dropped by an allow-list.
 *
 * - `unary`: the fixed answer.
 * - `stream`: the frames of `streamFrames(contents)`. The first two leave at once, the others one by one, `intervalMs`
 *   (up to 9,999) apart.
 * - `lockstep`: the same frames; each after the first two only when the driver says so over the control channel.
 * - `digest`: an answer that tells the size and hash of the body as it arrived.
 * - `essence`: an answer that tells the hash of what the body says, in no protocol's words.
 */
export type Script =
  | { readonly kind: 'unary' }
  | { readonly kind: 'stream'; readonly contents: number; readonly intervalMs: number }
  | { readonly kind: 'lockstep'; readonly contents: number }
  | { readonly kind: 'digest' }
  | { readonly kind: 'essence' }

/** The model name that carries a script. */
export function encodeModel(script: Script): string {
  switch (script.kind) {
    case 'unary':
    case 'digest':
    case 'essence':
      return `bench-${script.kind}`
    case 'lockstep':
      return `bench-lockstep-${script.contents}`
    case 'stream':
      return `bench-stream-${script.contents}x${script.intervalMs}`
  }
}

/** The script that a model name carries; undefined for any other name. */
export function decodeModel(model: string): Script | undefined {
  if (model === 'bench-unary') return { kind: 'unary' }
  if (model === 'bench-digest') return { kind: 'digest' }
  if (model === 'bench-essence') return { kind: 'essence' }
  const match = /^bench-(stream|lockstep)-(\d{1,6})(?:x(\d{1,4}))?$/.exec(model)
  if (match === null) return undefined
  const contents = Number(match[2])
  if (match[1] === 'lockstep') {
    return match[3] === undefined ? { kind: 'lockstep', contents } : undefined
  }
  return match[3] === undefined
    ? undefined
    : { kind: 'stream', contents, intervalMs: Number(match[3]) }
}
