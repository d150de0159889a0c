/** Receives the data of each event, and what is wrong with the framing. */
export interface EventReceiver {
  /** `name` is the value of the event's `event:` line, where the protocol names its events. */
  event(data: string, name?: string): void
  violation(text: string): void
}

export interface EventReaderOptions {
  /** Whether every event has an `event:` line. Default `false`: then none may have one. */
  readonly named?: boolean
}

/**
 * Reads an event stream to the letter: lines of `data:` and comments only (and of `event:`, where events are named), valid UTF-8,
 * every event closed by a blank line. What a tolerant reader would skip is a violation here.
 */
export class StrictEventReader {
  readonly #receiver: EventReceiver
  readonly #named: boolean
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #partial = ''
  #data: string[] = []
  #name: string | undefined
  #broken = false

  constructor(receiver: EventReceiver, { named = false }: EventReaderOptions = {}) {
    this.#receiver = receiver
    this.#named = named
  }

  push(chunk: Uint8Array): void {
    const text = this.#decode(chunk)
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.#readLine(line.endsWith('\r') ? line.slice(0, -1) : line)
  }

  end(): void {
    this.#decode()
    if (this.#partial !== '' || this.#data.length > 0 || this.#name !== undefined) {
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
    else if (line.startsWith('data:')) this.#data.push(fieldValue(line, 'data:'))
    else if (this.#named && line.startsWith('event:')) this.#readName(fieldValue(line, 'event:'))
    else if (!line.startsWith(':')) {
      const legal = this.#named ? '`event:`, `data:`' : '`data:`'
      this.#receiver.violation(`a line is neither ${legal} nor a comment`)
    }
  }

  #readName(name: string): void {
    if (this.#name !== undefined) this.#receiver.violation('an event has two names')
    this.#name = name
  }

  #dispatch(): void {
    const name = this.#name
    this.#name = undefined
    if (this.#data.length === 0) {
      if (name !== undefined) this.#receiver.violation('an event has a name, but no data')
      return
    }
    const data = this.#data.join('\n')
    this.#data = []
    if (this.#named && name === undefined) this.#receiver.violation('an event has no name')
    this.#receiver.event(data, name)
  }
}

function fieldValue(line: string, field: string): string {
  return line.slice(line[field.length] === ' ' ? field.length + 1 : field.length)
}
