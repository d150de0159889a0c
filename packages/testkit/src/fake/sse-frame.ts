/** How an event of a stream is spelled. */
export interface FrameStyle {
  /** Ends lines with CRLF instead of LF. */
  readonly crlf?: boolean
  /** Leaves out the space after `data:`. */
  readonly tight?: boolean
  /** Adds an `event:` line. */
  readonly event?: string
}

/** One server-sent event as text, its blank line included. Text goes as it is (one `data:` line per line), anything else as JSON. */
export function sseFrame(data: unknown, style: FrameStyle = {}): string {
  const end = style.crlf ? '\r\n' : '\n'
  const space = style.tight ? '' : ' '
  const lines = (typeof data === 'string' ? data : JSON.stringify(data)).split('\n')
  const name = style.event === undefined ? '' : `event:${space}${style.event}${end}`
  return `${name}${lines.map((line) => `data:${space}${line}${end}`).join('')}${end}`
}
