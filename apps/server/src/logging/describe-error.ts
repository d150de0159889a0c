/** Errors that a chain of causes may have before the rest is left out. */
const deepest = 5

/** An error as the log shows it. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
}

/**
 * The parts of an error that explain it. Whatever else hangs on it is left out: HTTP clients keep requests there, with
 * headers and bodies.
 */
export function describeError(error: unknown, redact: (text: string) => string): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: redact(textOf(error)) }
  const { code } = error as { readonly code?: unknown }
  return {
    type: error.name,
    message: redact(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: redact(stackOf(error)),
  }
}

function stackOf(error: Error): string {
  const stacks: string[] = []
  let link: unknown = error
  while (link !== undefined && stacks.length < deepest) {
    stacks.push(link instanceof Error ? (link.stack ?? link.message) : textOf(link))
    link = link instanceof Error ? link.cause : undefined
  }
  return stacks.join('\ncaused by: ')
}

/** What somebody threw that is no error. Objects are named only: they may hold anything. */
function textOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null
    ? 'an object that is no error'
    : String(thrown)
}
