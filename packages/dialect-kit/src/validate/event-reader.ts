/** Receives the data of each event, and what is wrong with the framing. */
export interface EventReceiver {
  event(data: string): void
  violation(text: string): void
}

/**
 * Reads an event stream to the letter: lines of `data:` and comments only, as OpenAI sends them, valid UTF-8, every event closed by
 * a blank line. What a tolerant reader would skip is a violation here.
 */
export class StrictEventReader {
  readonly #receiver: EventReceiver
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #partial = ''
  #data: string[] = []
  #broken = false

  constructor(receiver: EventReceiver) {
    this.#receiver = receiver
  }

  push(chunk: Uint8Array): void {
    const text = this.#decode(chunk)
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.#readLine(line.endsWith('\r') ? line.slice(0, -1) : line)
  }

  end(): void {
    this.#decode()
    if (this.#partial !== '' || this.#data.length > 0) {
      this.#receiver.violation('the stream ends inside an event')
    }
  }

  #decode(chunk?: Uint8Array): string {
    if (this.#broken) return ''
    try {
      return chunk === undefined
        ? this.#decoder.decode()
        : this.#decoder.decode(chunk, { stream: true })
    } catch {
      this.#broken = true
      this.#receiver.violation('the stream is not UTF-8')
      return ''
    }
  }

  #readLine(line: string): void {
    if (line === '') this.#dispatch()
    else if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5))
    else if (!line.startsWith(':')) {
      this.#receiver.violation('a line is neither `data:` nor a comment')
    }
  }

  #dispatch(): void {
    if (this.#data.length === 0) return
    const data = this.#data.join('\n')
    this.#data = []
    this.#receiver.event(data)
  }
}
