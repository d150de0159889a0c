import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { ServerConfig } from '../config/schema.ts'

/** Fields that a pretty line does not repeat. */
const hidden = 'pid,hostname,reqId'

/**
 * The log of the server: pretty on a terminal, one JSON object per line otherwise. Prompts, headers and keys are never
 * given to it.
 */
export function createLogger(
  { level, format }: ServerConfig['log'],
  output: { readonly stream: DestinationStream; readonly isTerminal: boolean },
): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && output.isTerminal)
  if (!isPretty) return pino({ level }, output.stream)
  const stream = pretty({
    destination: { write: (line: string) => output.stream.write(line) } as never,
    colorize: output.isTerminal,
    ignore: hidden,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    sync: true,
  })
  return pino({ level }, stream)
}
