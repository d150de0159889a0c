import { BenchFailure } from '../failure.ts'
import { Connection, closeAll, openConnections } from './connection.ts'
import { type CheckedRequest, sendChecked } from './exchange.ts'
import { countsFrom } from './send-schedule.ts'

export interface OpenLoopOptions {
  readonly port: number
  readonly checked: CheckedRequest
  readonly perSecond: number
  readonly count: number
  /** How many of the upstream's frames end the measured wait; the whole answer when left out. */
  readonly untilFrames?: number
}

const mostConnections = 512
const openFromStart = 8

/**
 * Sends at fixed times, whether or not earlier answers have come, and returns each wait in milliseconds. A wait counts from the moment
 * when the request was due (see `countsFrom`), so that a target that stalls pays for the requests that it kept waiting.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<Float64Array> {
  const loop = new OpenLoop(options, await openConnections(options.port, openFromStart))
  try {
    return await loop.run()
  } finally {
    loop.close()
  }
}

class OpenLoop {
  readonly #options: OpenLoopOptions
  readonly #free: Connection[]
  readonly #all: Connection[]
  readonly #waits: Float64Array
  readonly #finished = Promise.withResolvers<Float64Array>()
  readonly #start = performance.now()
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #sent = 0
  #done = 0

  constructor(options: OpenLoopOptions, connections: readonly Connection[]) {
    this.#options = options
    this.#free = [...connections]
    this.#all = [...connections]
    this.#waits = new Float64Array(options.count)
  }

  run(): Promise<Float64Array> {
    this.#sendDue()
    return this.#finished.promise
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    closeAll(this.#all)
  }

  #sendDue(): void {
    const stepMs = 1_000 / this.#options.perSecond
    while (this.#sent < this.#options.count) {
      const due = this.#start + this.#sent * stepMs
      const early = due - performance.now()
      if (early > 0) {
        this.#timer = setTimeout(() => this.#sendDue(), Math.ceil(early))
        return
      }
      const index = this.#sent
      this.#sent += 1
      this.#send(index, due).catch((error) => this.#finished.reject(error))
    }
  }

  async #send(index: number, due: number): Promise<void> {
    const connection = this.#free.pop() ?? (await this.#connect())
    const from = countsFrom(due, performance.now())
    let arrived = 0
    sendChecked(connection, this.#options.checked, {
      onProgress: (frames) => {
        if (arrived === 0 && frames >= (this.#options.untilFrames ?? Number.POSITIVE_INFINITY)) {
          arrived = performance.now()
        }
      },
      onDone: () => {
        this.#waits[index] = (arrived === 0 ? performance.now() : arrived) - from
        this.#free.push(connection)
        this.#done += 1
        if (this.#done === this.#options.count) this.#finished.resolve(this.#waits)
      },
      onFailure: (error) => this.#finished.reject(error),
    })
  }

  async #connect(): Promise<Connection> {
    if (this.#all.length === mostConnections) {
      throw new BenchFailure(`${mostConnections} requests wait at once: the target cannot keep up`)
    }
    const connection = await Connection.open(this.#options.port)
    this.#all.push(connection)
    if (this.#closed) connection.close()
    return connection
  }
}
