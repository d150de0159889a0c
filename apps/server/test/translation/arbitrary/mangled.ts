import type { ChatRequest, Message } from '@jackfield/core'
import fc from 'fast-check'
import { without } from '../round-trip/named-losses.ts'

/** What cut, merged and half-sent histories look like. */
type Damage = (messages: readonly Message[], at: number) => readonly Message[]

const damages: readonly Damage[] = [
  (messages, at) => messages.toSpliced(at, 1),
  (messages, at) => messages.toSpliced(at, 0, ...messages.slice(at, at + 1)),
  (messages, at) => messages.slice(at),
  (messages, at) => messages.slice(0, at + 1),
  (messages, at) => messages.map((message, index) => (index === at ? emptied(message) : message)),
  (messages, at) =>
    messages.map((message, index) => (index === at ? withoutFirstPart(message) : message)),
  (messages, at) => [...messages.slice(0, at), blank, ...messages.slice(at)],
]

const blank: Message = { role: 'assistant', content: [{ type: 'text', text: ' \n' }] }

function emptied(message: Message): Message {
  return { ...message, content: [] }
}

function withoutFirstPart(message: Message): Message {
  return { ...message, content: message.content.slice(1) } as Message
}

/** A request whose history has suffered: results without calls, calls without results, nobody who begins, empty messages. */
export function mangled(request: fc.Arbitrary<ChatRequest>): fc.Arbitrary<ChatRequest> {
  const damage = fc.tuple(fc.constantFrom(...damages), fc.nat({ max: 12 }))
  return fc
    .tuple(request, fc.array(damage, { minLength: 1, maxLength: 3 }))
    .map(([whole, list]) => {
      const messages = list.reduce<readonly Message[]>(
        (history, [apply, place]) => apply(history, place % Math.max(1, history.length)),
        whole.messages,
      )
      return messages.length === 0 ? without(whole, 'toolChoice') : { ...whole, messages }
    })
}
