import { inspect } from 'node:util'
import type { Logger } from '@jackfield/core'

/** A log that remembers its lines. */
export class RecordingLog implements Logger {
  readonly lines: string[] = []

  debug(fields: object, message: string): void {
    this.#note('debug', fields, message)
  }

  info(fields: object, message: string): void {
    this.#note('info', fields, message)
  }

  warn(fields: object, message: string): void {
    this.#note('warn', fields, message)
  }

  error(fields: object, message: string): void {
    this.#note('error', fields, message)
  }

  #note(level: string, fields: object, message: string): void {
    this.lines.push(`${level} ${message} ${everythingOf(fields)}`)
  }
}

/** All that can be seen of a value, hidden members, messages, stacks and causes of errors included. */
export function everythingOf(value: unknown): string {
  return inspect(value, {
    depth: 12,
    showHidden: true,
    maxArrayLength: 1_000,
    maxStringLength: 100_000,
  })
}
