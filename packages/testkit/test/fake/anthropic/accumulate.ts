/** An event of a stream, and what was wrong with its frame. */
export interface StreamEvent {
  readonly type: string
  readonly [member: string]: unknown
}

type Json = Record<string, unknown>

/** The events of a stream, read as a client reads them: by `event:` and `data:`, which must agree. */
export function eventsOf(body: string): readonly StreamEvent[] {
  const frames = body.split(/\r?\n\r?\n/)
  if (frames.pop() !== '') throw new Error('the last frame does not end')
  return frames.map((frame) => {
    const [first = '', second] = frame.split(/\r?\n/)
    const event: StreamEvent = JSON.parse((second ?? first).replace(/^data: ?/, ''))
    if (second !== undefined && first.replace(/^event: ?/, '') !== event.type) {
      throw new Error(`${first} names another event than ${event.type}`)
    }
    return event
  })
}

interface Progress {
  readonly message: Json
  readonly content: Json[]
  /** The block that is open, and the JSON that came for it. */
  open: { readonly block: Json; fragments: string } | undefined
  stage: 'blocks' | 'finished' | 'stopped'
}

/** The message that a stream builds up, with what a whole message would have. Throws for events out of order. */
export function accumulate(events: readonly StreamEvent[]): Json {
  const [start, ...rest] = events.filter(({ type }) => type !== 'ping')
  if (start?.type !== 'message_start') throw new Error('no message_start')
  const message = structuredClone(start['message']) as Json
  const progress: Progress = { message, content: [], open: undefined, stage: 'blocks' }
  for (const event of rest) {
    if (!isExpected(event, progress)) throw new Error(`${event.type} at ${progress.stage}`)
    take(event, progress)
  }
  if (progress.stage !== 'stopped') throw new Error(`the stream ends at ${progress.stage}`)
  return { ...message, content: progress.content }
}

function isExpected(event: StreamEvent, { open, stage, content }: Progress): boolean {
  const names: Readonly<Record<Progress['stage'], readonly string[]>> = {
    blocks: open
      ? ['content_block_delta', 'content_block_stop']
      : ['content_block_start', 'message_delta'],
    finished: ['message_stop'],
    stopped: [],
  }
  const index = content.length - (open ? 1 : 0)
  return names[stage].includes(event.type) && (!('index' in event) || event['index'] === index)
}

function take(event: StreamEvent, progress: Progress): void {
  const { open, content, message } = progress
  switch (event.type) {
    case 'content_block_start': {
      const block = structuredClone(event['content_block']) as Json
      content.push(block)
      progress.open = { block, fragments: '' }
      return
    }
    case 'content_block_delta':
      if (open) open.fragments += apply(open.block, event['delta'] as Json)
      return
    case 'content_block_stop':
      if (open && open.fragments !== '') open.block['input'] = JSON.parse(open.fragments)
      progress.open = undefined
      return
    case 'message_delta': {
      const before = message['usage'] as Json
      const usage = Object.entries(event['usage'] as Json).filter(
        ([name, value]) => value !== null || !(name in before),
      )
      Object.assign(message, event['delta'])
      message['usage'] = { ...before, ...Object.fromEntries(usage) }
      progress.stage = 'finished'
      return
    }
    default:
      progress.stage = 'stopped'
  }
}

/** Adds a delta to its block; a fragment of JSON is returned. */
function apply(block: Json, delta: Json): string {
  const { type, ...members } = delta
  switch (type) {
    case 'text_delta':
      block['text'] = String(block['text']) + String(members['text'])
      return ''
    case 'thinking_delta':
      if (block['signature']) throw new Error('thinking after its signature')
      block['thinking'] = String(block['thinking']) + String(members['thinking'])
      return ''
    case 'signature_delta':
      block['signature'] = members['signature']
      return ''
    case 'citations_delta':
      block['citations'] = [...((block['citations'] as Json[] | null) ?? []), members['citation']]
      return ''
    case 'input_json_delta':
      return String(members['partial_json'])
    default:
      throw new Error(`an unknown delta ${type}`)
  }
}
