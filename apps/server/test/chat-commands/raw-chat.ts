/** A protocol in which messages are written by hand. */
export type RawDialect = 'openai-chat' | 'anthropic-messages'

/** How a hand-written conversation is sent. */
export interface RawChatOptions {
  readonly dialect: RawDialect
  /** The client's key. */
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Members of the body besides model, limit and messages. */
  readonly more?: object
}

const paths = { 'openai-chat': '/v1/chat/completions', 'anthropic-messages': '/v1/messages' }

/** Somebody who writes the bytes of a conversation, and resends every message as it was written first. */
export class RawChat {
  readonly #url: string
  readonly #options: RawChatOptions
  readonly #messages: string[] = []

  constructor(url: string, options: RawChatOptions) {
    this.#url = url
    this.#options = options
  }

  /** Messages so far, as they are written. */
  get messages(): readonly string[] {
    return this.#messages
  }

  /** Writes a message without sending it. */
  add(message: object): void {
    this.#messages.push(JSON.stringify(message))
  }

  /** Says something and keeps the answer. Resolves to the text of the answer; rejects for an error. */
  async say(content: unknown): Promise<string> {
    this.add({ role: 'user', content })
    const { dialect } = this.#options
    const response = await this.post(paths[dialect])
    const body = JSON.parse(await response.text())
    const answer = dialect === 'openai-chat' ? body.choices[0].message.content : body.content
    this.add({ role: 'assistant', content: answer })
    return dialect === 'openai-chat' ? answer : textOf(answer)
  }

  /** Sends the conversation as it stands. Rejects unless the answer is 200. */
  async post(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<Response> {
    const { key = 'sk-client', headers = {} } = this.#options
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers },
      body: this.body(path),
      ...(signal && { signal }),
    })
    if (response.status === 200) return response
    throw new Error(`${response.status}: ${await response.text()}`)
  }

  /** The body for a path of the conversation as it stands. */
  body(path: string): string {
    const limit = path.endsWith('count_tokens') ? {} : { max_tokens: 1000 }
    const head = JSON.stringify({ model: 'first', ...limit, ...this.#options.more })
    return `${head.slice(0, -1)},"messages":[${this.#messages.join(',')}]}`
  }
}

function textOf(content: readonly { readonly text?: string }[]): string {
  return content.map(({ text }) => text ?? '').join('')
}
