import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'

/** What came over a client’s connection. */
export interface Received {
  /** `0`: the connection ended before a status line. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether the HTTP message was complete. */
  readonly whole: boolean
}

/** Stands between clients and a gateway, passes everything on and keeps what the gateway said. */
export interface Recorder extends AsyncDisposable {
  /** Where the call of that name goes; the gateway sees the path behind it. */
  urlOf(name: string): string
  /** All that was answered to the calls of that name, in their order. */
  received(name: string): readonly Received[]
}

/** Starts a recorder in front of `http://127.0.0.1:port`. */
export async function startRecorder(gateway: string): Promise<Recorder> {
  const answers = new Map<string, Received[]>()
  const server = createServer((call, answer) => {
    const [, name = ''] = (call.url ?? '').split('/', 2)
    pass(gateway, { call, answer, path: (call.url ?? '').slice(name.length + 1) }, (received) => {
      answers.set(name, [...(answers.get(name) ?? []), received])
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the recorder has no port')
  return {
    urlOf: (name) => `http://127.0.0.1:${address.port}/${name}`,
    received: (name) => answers.get(name) ?? [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Exchange {
  readonly call: IncomingMessage
  readonly answer: ServerResponse
  readonly path: string
}

/** The client’s answer ends only when it has been noted, so that whoever has read it finds it here. */
function pass(
  gateway: string,
  { call, answer, path }: Exchange,
  note: (received: Received) => void,
): void {
  const { method = '', headers } = call
  const onward = request(`${gateway}${path}`, { method, headers, agent: false })
  onward.on('error', () => {
    if (answer.headersSent) return
    note({ status: 0, headers: {}, body: Buffer.alloc(0), whole: false })
    answer.destroy()
  })
  onward.on('response', (response) => {
    const chunks: Buffer[] = []
    answer.writeHead(response.statusCode ?? 0, response.headers)
    answer.flushHeaders()
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      answer.write(chunk)
    })
    // A broken answer ends with an error; `close` follows in both cases.
    response.on('error', () => {})
    response.on('close', () => {
      const { statusCode: status = 0, complete: whole } = response
      note({ status, headers: response.headers, body: Buffer.concat(chunks), whole })
      if (whole) answer.end()
      else answer.destroy()
    })
  })
  call.pipe(onward)
}
