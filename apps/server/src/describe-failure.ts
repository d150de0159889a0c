import { isGatewayError } from '@jackfield/core'
import { ConfigError } from './config/problems.ts'
import { ListenError } from './listen.ts'

/** What is told of an error that ends a command, and the exit code. */
export interface Failure {
  readonly text: string
  readonly exitCode: number
}

/** A failure for a person to read. Only what nobody expected comes with its stack. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ConfigError || error instanceof ListenError) {
    return { text: error.message, exitCode: error.exitCode }
  }
  if (isGatewayError(error) && error.policy.status === 0) {
    return { text: error.message, exitCode: 78 } // the table gives what stops the start no status
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text, exitCode: 1 }
}
