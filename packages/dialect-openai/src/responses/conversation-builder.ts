import type {
  AssistantPart,
  Message,
  OpaqueState,
  ProviderPart,
  ToolResultPart,
  UserPart,
} from '@jackfield/core'

type Call = Extract<AssistantPart, { type: 'tool-call' }>

/** The last message, as long as more may join it. Its list grows in place: a turn may have very many items. */
type Open =
  | { readonly role: 'assistant'; readonly content: AssistantPart[] }
  | { readonly role: 'tool'; readonly content: ToolResultPart[] }
  | { readonly role: 'user'; readonly content: UserPart[] }

/** Puts items together to turns: neighbouring items of the model are one assistant message, neighbouring outputs one tool message. */
export class ConversationBuilder {
  readonly messages: Message[] = []
  readonly #calls = new Map<string, Call>()
  #open: Open | undefined

  message(message: Exclude<Message, { role: 'assistant' | 'tool' }>): void {
    this.#open = undefined
    if (message.role !== 'user') {
      this.messages.push(message)
      return
    }
    const content = [...message.content]
    this.#open = { role: 'user', content }
    this.messages.push({ ...message, content })
  }

  assistant(parts: readonly AssistantPart[]): void {
    if (parts.length === 0) return
    const content = this.#turn()
    for (const part of parts) {
      content.push(part)
      if (part.type === 'tool-call') this.#calls.set(part.callId, part)
    }
  }

  /** What a client made for its provider only: it joins the turn that it follows, so that it makes no turn for other protocols. */
  aside(part: ProviderPart): void {
    const open = this.#open
    if (open?.role === 'assistant') open.content.push(part)
    else if (open?.role === 'user') open.content.push(part)
    else this.message({ role: 'user', content: [part] })
  }

  result(result: ToolResultPart): void {
    const open = this.#open
    if (open?.role === 'tool') {
      open.content.push(result)
      return
    }
    const content = [result]
    this.#open = { role: 'tool', content }
    this.messages.push({ role: 'tool', content })
  }

  /** The call that a result answers, if it is in the conversation. */
  call(callId: string): Call | undefined {
    return this.#calls.get(callId)
  }

  /** State of the last text or call. Where there is none, nobody needs it. */
  attachBehind(states: readonly OpaqueState[]): void {
    const open = this.#open
    const part = open?.role === 'assistant' ? open.content.pop() : undefined
    if (open?.role !== 'assistant' || part === undefined) return
    const isStateful = part.type !== 'refusal'
    open.content.push(isStateful ? { ...part, state: [...(part.state ?? []), ...states] } : part)
  }

  #turn(): AssistantPart[] {
    if (this.#open?.role === 'assistant') return this.#open.content
    const content: AssistantPart[] = []
    this.#open = { role: 'assistant', content }
    this.messages.push({ role: 'assistant', content })
    return content
  }
}
