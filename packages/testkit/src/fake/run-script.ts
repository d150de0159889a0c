import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { unlessGone } from './connection.ts'
import type { ScriptGate } from './gate.ts'
import {
  type Bytes,
  type EndlessStep,
  type HeadStep,
  type ScriptStep,
  type Steps,
  type StopStep,
  toBytes,
} from './script.ts'
import { afterPoll, type Timer } from './timer.ts'

/** What a script acts on: a socket and, when a request was parsed from it, the response to that. */
export interface Stage {
  readonly socket: Socket
  readonly response?: ServerResponse
  readonly gone: AbortSignal
  readonly timer: Timer
  gate(name: string): ScriptGate
  /** Told before and after each write. */
  onWrite?(pending: boolean): void
  onHang?(): void
  onStop?(how: 'answered' | 'broken'): void
}

/** Runs steps to the end. Rejects with `ConnectionGone` when the client leaves first, with anything else for a faulty script. */
export async function runScript(steps: Steps, stage: Stage): Promise<void> {
  const run = new ScriptRun(stage)
  for await (const step of steps) {
    await run.perform(step)
    if (run.stopped) return
  }
  await run.perform({ do: 'end' })
}

class ScriptRun {
  stopped = false
  readonly #stage: Stage
  #raw = false
  #unread = false

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async perform(step: ScriptStep): Promise<void> {
    // A complete answer must be over before the client, which knows that it is complete, can close.
    if (step.do !== 'end') await this.#settle()
    await this.#dispatch(step)
  }

  #dispatch(step: ScriptStep): Promise<void> {
    switch (step.do) {
      case 'head':
        return this.#head(step)
      case 'write':
        return this.#write(step.bytes, step.every)
      case 'raw':
        return this.#writeRaw(step.bytes)
      case 'endless':
        return this.#endless(step)
      case 'gate':
        return this.#enterGate(step.name)
      case 'delay':
        return this.#wait((done) => this.#stage.timer.after(step.ms, done))
      case 'hang':
        this.#stage.onHang?.()
        return this.#wait(() => undefined)
      case 'end':
      case 'half-close':
      case 'cut':
      case 'reset':
        return this.#stop(step.do)
      default:
        return Promise.reject(
          new Error(`unknown script step ${JSON.stringify(step satisfies never)}`),
        )
    }
  }

  #wait(begin: (done: (error?: Error | null) => void) => (() => void) | undefined): Promise<void> {
    return unlessGone(this.#stage.gone, begin)
  }

  #enterGate(name: string): Promise<void> {
    const gate = this.#stage.gate(name)
    return this.#wait((done) => gate.enter(done))
  }

  /** Lets the client, if it runs in this process, read what was written. */
  async #settle(): Promise<void> {
    if (!this.#unread) return
    this.#unread = false
    await this.#wait((done) => {
      afterPoll(done)
      return undefined
    })
  }

  async #head(step: HeadStep): Promise<void> {
    const response = this.#response('head')
    const headers: Record<string, string | string[]> = {}
    for (const [name, value] of Object.entries(step.headers ?? {})) {
      headers[name] = typeof value === 'string' ? value : [...value]
    }
    response.sendDate = false
    if (step.reason !== undefined) response.statusMessage = step.reason
    response.writeHead(step.status, headers)
    response.flushHeaders()
    this.#unread = true
  }

  async #write(bytes: Bytes, every: number | undefined): Promise<void> {
    const whole = toBytes(bytes)
    const size = every ?? whole.byteLength
    if (every !== undefined && every < 1) throw new Error('a write step needs every >= 1')
    for (let start = 0; start < whole.byteLength; start += size) {
      await this.#writeBody(whole.subarray(start, start + size))
    }
  }

  async #writeBody(bytes: Uint8Array): Promise<void> {
    const response = this.#response('write')
    if (!response.headersSent) throw new Error('a script writes a body before its head step')
    await this.#settle()
    await this.#tracked((done) => response.write(bytes, done))
  }

  async #writeRaw(bytes: Bytes): Promise<void> {
    this.#raw = true
    const { socket } = this.#stage
    // Input left unread would turn our close into a reset, which takes these bytes back.
    socket.resume()
    await this.#tracked((done) => socket.write(toBytes(bytes), done))
  }

  async #tracked(write: (done: (error?: Error | null) => void) => void): Promise<void> {
    this.#stage.onWrite?.(true)
    await this.#wait((done) => {
      write(done)
      return undefined
    })
    this.#stage.onWrite?.(false)
    this.#unread = true
  }

  async #endless(step: EndlessStep): Promise<void> {
    const frame = toBytes(step.frame)
    if (frame.byteLength === 0) throw new Error('an endless step needs a frame with bytes in it')
    const limit = step.maxBytes ?? Number.POSITIVE_INFINITY
    for (let sent = 0; sent < limit; sent += frame.byteLength) {
      await this.#writeBody(frame.subarray(0, limit - sent))
    }
  }

  async #stop(how: StopStep['do']): Promise<void> {
    const { socket, response, onStop } = this.#stage
    this.stopped = true
    if (how === 'end') {
      if (response && !this.#raw) await this.#wait((done) => void response.end(done))
      else await this.#closeWriting()
      return onStop?.('answered')
    }
    onStop?.('broken')
    if (how === 'half-close') await this.#closeWriting()
    if (how === 'cut') socket.destroy()
    if (how === 'reset') socket.resetAndDestroy()
  }

  #closeWriting(): Promise<void> {
    const { socket } = this.#stage
    socket.resume()
    return this.#wait((done) => void socket.end(done))
  }

  #response(step: string): ServerResponse {
    const { response } = this.#stage
    if (!response) throw new Error(`a script at connection cannot use ${step}: no request was read`)
    if (this.#raw) throw new Error(`a script cannot use ${step} after raw`)
    return response
  }
}
