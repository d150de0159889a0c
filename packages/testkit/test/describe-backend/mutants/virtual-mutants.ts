import type { BackendPlugin, StreamPart, VirtualContext } from '@jackfield/core'
import tinyVirtual from '../tiny/virtual.ts'

/** One planted defect, and the checks that must find it: these and no others. */
export interface VirtualMutant {
  readonly defect: string
  readonly plugin: BackendPlugin
  readonly caughtBy: readonly string[]
}

type Parts = readonly StreamPart[]
type Chat = (request: object, context: VirtualContext) => AsyncIterable<Parts>

/** Defects of backends without a provider. */
export const virtualMutants: readonly VirtualMutant[] = [
  mutant(
    'goes on when the client has gone',
    (chat) => (request, context) =>
      chat(request, { ...context, signal: new AbortController().signal }),
    ['virtual.aborted'],
  ),
  mutant(
    'cannot be left in the middle',
    (chat) =>
      (...call) =>
        stubborn(chat(...call)),
    ['virtual.returned'],
  ),
  mutant(
    'does not say what it counts as',
    changing((part) => (part.type === 'usage' ? [] : [part])),
    ['virtual.usage'],
  ),
  mutant(
    'never ends its text',
    changing((part) => (part.type === 'text-end' ? [] : [part])),
    ['streams.part-order'],
  ),
  mutant(
    'gives all of its text at once',
    (chat) =>
      (...call) =>
        together(chat(...call)),
    ['streams.several-deltas'],
  ),
  mutant(
    'notes something in the request',
    (chat) => (request, context) => {
      Object.assign(request, { seen: true })
      return chat(request, context)
    },
    ['requests.unchanged'],
  ),
  mutant(
    'says nothing',
    changing((part) => (part.type.startsWith('text') ? [] : [part])),
    ['answers.own-words', 'operations.completions', 'streams.several-deltas'],
  ),
  mutant(
    'finishes twice',
    changing((part) => (part.type === 'finish' ? [part, part] : [part])),
    ['streams.one-finish'],
  ),
]

function mutant(
  defect: string,
  change: (chat: Chat) => Chat,
  caughtBy: readonly string[],
): VirtualMutant {
  const create: BackendPlugin['create'] = async (options, context) => {
    const backend = await tinyVirtual.create(options, context)
    const { chat } = backend
    if (chat === undefined) throw new TypeError('the good backend answers by itself')
    const good: Chat = (request, own) =>
      chat.call(backend, request as Parameters<typeof chat>[0], own)
    return { ...backend, chat: change(good) }
  }
  return { defect, plugin: { ...tinyVirtual, create }, caughtBy }
}

function changing(change: (part: StreamPart) => Parts): (chat: Chat) => Chat {
  return (chat) =>
    async function* (...call) {
      for await (const parts of chat(...call)) yield parts.flatMap(change)
    }
}

/** The same answer with its text in one piece. */
async function* together(answer: AsyncIterable<Parts>): AsyncIterable<Parts> {
  let text = ''
  for await (const parts of answer) {
    for (const part of parts) if (part.type === 'text-delta') text += part.text
    const id = parts.find((part) => part.type === 'text-end')?.id
    const whole: Parts = id === undefined ? [] : [{ type: 'text-delta', id, text }]
    yield [...whole, ...parts.filter(({ type }) => type !== 'text-delta')]
  }
}

/** The same answer, which cannot be ended early. */
function stubborn(answer: AsyncIterable<Parts>): AsyncIterable<Parts> {
  const iterator = answer[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => iterator.next(),
      return: () => new Promise(() => {}),
    }),
  }
}
