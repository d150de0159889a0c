import type { ServerResponse } from 'node:http'
import { type Clock, Slots } from '@jackfield/core'
import { onClosed } from './on-closed.ts'

/** Milliseconds that ended answers have to reach their clients after the last call was closed. */
const flushMs = 1_000

/** The answers in progress, so that closing the app neither waits for idle connections nor for clients that do not read. */
export class OpenAnswers {
  readonly #responses = new Slots<ServerResponse>()
  #closing = false

  get isClosing(): boolean {
    return this.#closing
  }

  add(response: ServerResponse): void {
    const slot = this.#responses.add(response)
    onClosed(response, () => this.#responses.remove(slot))
  }

  /**
   * From now on connections close after their answer. Answers whose head has left promised to keep the connection;
   * Node would keep it for the whole idle time, although the server is closing.
   */
  drain(): void {
    this.#closing = true
    for (const response of this.#responses.all()) {
      const { socket } = response
      response.once('finish', () => socket?.destroySoon())
    }
  }

  /** All calls have ended: whatever has not been read soon is dropped. */
  finish(clock: Clock): void {
    if (this.#responses.size === 0) return
    clock.after(flushMs, () => {
      for (const response of this.#responses.all()) response.destroy()
    })
  }
}
