import { type Logger, pino } from 'pino'
import type { ServerConfig } from '../config/schema.ts'
import type { Output } from '../program.ts'
import { batchedStream } from './batched-stream.ts'
import { describeError } from './describe-error.ts'
import type { KnownSecrets } from './known-secrets.ts'
import { prettyMessage } from './pretty-message.ts'

/**
 * The log of the server: pretty for a person at a terminal, one JSON object per line otherwise. Prompts, headers and keys
 * are never given to it; in errors, whose texts others write, keys are replaced.
 */
export async function createLogger(
  { level, format }: ServerConfig['log'],
  options: { readonly output: Output; readonly secrets: KnownSecrets },
): Promise<Logger> {
  const { output, secrets } = options
  const redact = (text: string) => secrets.redact(text)
  const settings = { level, serializers: { err: (error: unknown) => describeError(error, redact) } }
  if (!isPretty(format, output)) {
    const stream = batchedStream(output.stream)
    output.onEnd(() => stream.flush())
    return pino(settings, stream)
  }
  // Loaded only where it is used: a start that writes JSON should not wait for it.
  const { prettyFactory } = await import('pino-pretty')
  const pretty = prettyFactory({
    colorize: output.isTerminal,
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: prettyMessage,
    hideObject: true, // the message has what people read of it
    ignore: 'pid,hostname',
  })
  return pino(settings, { write: (line) => void output.stream.write(pretty(line)) })
}

/** Whether the log is written for people. */
export function isPretty(format: ServerConfig['log']['format'], output: Output): boolean {
  return format === 'pretty' || (format === 'auto' && output.isTerminal)
}
