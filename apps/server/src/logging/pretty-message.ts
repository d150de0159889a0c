/** A line of the log: its fields, as they were given. */
export type LogFields = Readonly<Record<string, unknown>>

/** Fields that people do not read, or that stand elsewhere in the line. */
const notShown = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err', 'reqId'])

/**
 * A line of the log in the words that people read at a terminal: what became of a call, or the message and its fields.
 * Clients choose some of these texts, so that nothing in them may steer the terminal.
 */
export function prettyMessage(line: LogFields): string {
  const message = line['msg'] === 'call' ? callMessage(line) : plainMessage(line)
  return [message, ...stackOf(line['err'])].map(withoutControls).join('\n    ')
}

function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\ufffd')
}

function plainMessage(line: LogFields): string {
  const fields = Object.entries(line).filter(([name]) => !notShown.has(name))
  return [line['msg'], ...fields.map(([name, value]) => `${name}=${shown(value)}`)].join('  ')
}

/** The lines of a logged error. */
function stackOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return []
  const { stack, message } = error as LogFields
  return String(stack ?? message).split('\n')
}

/** `200  intern-s1 → internlm.INTERNAI_API_KEY  1.24 s  12 + 34 tokens`. */
function callMessage(line: LogFields): string {
  const { status, model, path, backend, target, attempts, code, reason, callId } = line
  const place = backend === undefined ? '' : ` → ${backend}.${target}`
  return [
    status,
    `${model ?? path}${place}`,
    durationOf(line),
    tokensOf(line['usage']),
    Number(attempts) > 1 ? `${attempts} attempts` : '',
    code === undefined ? '' : `${code}: ${reason} (${callId})`,
  ]
    .filter((part) => part !== '')
    .join('  ')
}

function durationOf({ durationMs, ttftMs }: LogFields): string {
  const whole = seconds(durationMs)
  return ttftMs === undefined ? whole : `${whole}, first words after ${seconds(ttftMs)}`
}

function seconds(ms: unknown): string {
  return `${(Number(ms) / 1000).toFixed(2)} s`
}

function tokensOf(usage: unknown): string {
  if (typeof usage !== 'object' || usage === null) return ''
  const { inputTokens, outputTokens } = usage as LogFields
  if (inputTokens === undefined && outputTokens === undefined) return ''
  return `${inputTokens ?? '?'} + ${outputTokens ?? '?'} tokens`
}

/** Simple texts and numbers as they are, everything else as JSON. */
function shown(value: unknown): string {
  const isSimple = typeof value === 'string' && /^[^\s"'=]+$/.test(value)
  return isSimple ? value : (JSON.stringify(value) ?? 'undefined')
}
