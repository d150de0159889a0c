import type { FastifyInstance } from 'fastify'

/** Begins to listen and gives the URL under which this machine reaches the server. Rejects with a {@link ListenError}; the app is closed then. */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw new ListenError(host, port, error)
  }
  const address = app.server.address()
  const chosen = typeof address === 'object' && address !== null ? address.port : port
  return `http://${urlHost(host)}:${chosen}`
}

/** Whether an address stands for all addresses of the machine. */
export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host)
}

/** An address as it stands in URLs under which this machine reaches it. */
export function urlHost(host: string): string {
  if (isEveryAddress(host)) return '127.0.0.1'
  return host.includes(':') ? `[${host.replace('%', '%25')}]` : host
}

/** The port cannot be listened on. The process exits with 1. */
export class ListenError extends Error {
  readonly exitCode = 1

  constructor(host: string, port: number, cause: unknown) {
    super(`Cannot listen on ${host} port ${port}: ${adviceFor(cause)}`, { cause })
    this.name = 'ListenError'
  }
}

function adviceFor(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses it. Stop that program, or choose another port with --port.'
    case 'EACCES':
      return 'this user may not use it. Choose a port above 1023 with --port.'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this machine has no such address. Choose another one with --host.'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
