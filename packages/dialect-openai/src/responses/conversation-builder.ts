import type {
  AssistantPart,
  Message,
  OpaqueState,
  ProviderPart,
  ToolMessage,
  ToolResultPart,
} from '@jackfield/core'

type Call = Extract<AssistantPart, { type: 'tool-call' }>

/** Puts items together to turns: neighbouring items of the model are one assistant message, neighbouring outputs one tool message. */
export class ConversationBuilder {
  readonly messages: Message[] = []
  readonly #calls = new Map<string, Call>()

  message(message: Message): void {
    if (message.role === 'assistant') this.assistant(message.content)
    else this.messages.push(message)
  }

  assistant(parts: readonly AssistantPart[]): void {
    if (parts.length === 0) return
    for (const part of parts) if (part.type === 'tool-call') this.#calls.set(part.callId, part)
    const last = this.messages.at(-1)
    if (last?.role === 'assistant')
      this.#replaceLast({ ...last, content: [...last.content, ...parts] })
    else this.messages.push({ role: 'assistant', content: parts })
  }

  /** What a client made for its provider only: it joins the turn that it follows, so that it makes no turn for other protocols. */
  aside(part: ProviderPart): void {
    const last = this.messages.at(-1)
    if (last?.role === 'assistant') this.assistant([part])
    else if (last?.role === 'user') this.#replaceLast({ ...last, content: [...last.content, part] })
    else this.messages.push({ role: 'user', content: [part] })
  }

  result(result: ToolResultPart): void {
    const last = this.messages.at(-1)
    const message: ToolMessage =
      last?.role === 'tool'
        ? { ...last, content: [...last.content, result] }
        : { role: 'tool', content: [result] }
    if (last?.role === 'tool') this.#replaceLast(message)
    else this.messages.push(message)
  }

  /** The call that a result answers, if it is in the conversation. */
  call(callId: string): Call | undefined {
    return this.#calls.get(callId)
  }

  /** State of the last text or call. Where there is none, nobody needs it. */
  attachBehind(states: readonly OpaqueState[]): void {
    const last = this.messages.at(-1)
    const part = last?.role === 'assistant' ? last.content.at(-1) : undefined
    if (last?.role !== 'assistant' || part === undefined || part.type === 'refusal') return
    const stateful = { ...part, state: [...(part.state ?? []), ...states] }
    this.#replaceLast({ ...last, content: [...last.content.slice(0, -1), stateful] })
  }

  #replaceLast(message: Message): void {
    this.messages[this.messages.length - 1] = message
  }
}
