import type { JsonObject, StreamPart } from '@jackfield/core'
import { encodeParts, parsed } from './responses.ts'

const own = (value: JsonObject): StreamPart => ({
  type: 'provider',
  part: { type: 'provider', dialect: 'openai-responses', value },
})

/** A legal stream with one item of every kind. */
export const legal = parsed(
  encodeParts([
    { type: 'reasoning-start', id: 'r', form: 'summary' },
    { type: 'reasoning-delta', id: 'r', text: 'Hm.' },
    { type: 'reasoning-end', id: 'r', state: [{ kind: 'encrypted-content', data: 'E' }] },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', text: 'Hel' },
    { type: 'text-delta', id: 't', text: 'lo' },
    { type: 'source', id: 't', citation: { url: 'https://x.test' } },
    { type: 'text-end', id: 't' },
    { type: 'refusal', text: 'No.' },
    own({ type: 'web_search_call', id: 'ws_1', status: 'completed' }),
    own({
      type: 'shell_call',
      id: 'sh_1',
      status: 'completed',
      call_id: 'c',
      action: { commands: ['ls'] },
    }),
    { type: 'tool-call-start', id: 'c', callId: 'call_1', name: 'f', kind: 'function' },
    { type: 'tool-call-delta', id: 'c', arguments: '{}' },
    { type: 'tool-call-end', id: 'c' },
    { type: 'tool-call-start', id: 'd', callId: 'call_2', name: 'p', kind: 'custom' },
    { type: 'tool-call-delta', id: 'd', arguments: 'x' },
    { type: 'tool-call-end', id: 'd' },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
    { type: 'finish', reason: 'tool-calls' },
  ]),
)

export const written = (events: readonly JsonObject[]) =>
  events.map((event) => `event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`).join('')

export const numbered = (events: readonly JsonObject[]) =>
  events.map((event, index) => ({ ...event, sequence_number: index }))

const indexOf = (type: string, nth = 0) =>
  legal.flatMap((event, index) => (event['type'] === type ? [index] : []))[nth] ?? -1

/** The stream with one event changed; numbers are made right again. */
const changed = (type: string, change: (event: JsonObject) => JsonObject, nth = 0) => {
  const at = indexOf(type, nth)
  return written(numbered(legal.map((event, index) => (index === at ? change(event) : event))))
}
const withMember = (name: string, value: unknown) => (event: JsonObject) =>
  ({ ...event, [name]: value }) as JsonObject
const withoutEvent = (type: string, nth = 0) =>
  written(numbered(legal.toSpliced(indexOf(type, nth), 1)))
const twice = (type: string, nth = 0) => {
  const at = indexOf(type, nth)
  return written(numbered(legal.toSpliced(at, 0, legal[at] as JsonObject)))
}
const inItem = (name: string, value: unknown) => (event: JsonObject) =>
  ({ ...event, item: { ...(event['item'] as JsonObject), [name]: value } }) as JsonObject
const inPart = (name: string, value: unknown) => (event: JsonObject) =>
  ({ ...event, part: { ...(event['part'] as JsonObject), [name]: value } }) as JsonObject
export const inResponse = (name: string, value: unknown) => (event: JsonObject) =>
  ({ ...event, response: { ...(event['response'] as JsonObject), [name]: value } }) as JsonObject

const added = 'response.output_item.added'
const done = 'response.output_item.done'
const completed = 'response.completed'

/** Streams that break one rule each: what they have, the stream, and words of the violation. */
export const mutants: readonly (readonly [string, string, string])[] = [
  ['no name', written(legal).replace('event: response.created\n', ''), 'no name'],
  [
    'a wrong name',
    written(legal).replace('event: response.created', 'event: response.queued'),
    'not its `type`',
  ],
  ['`[DONE]`', `${written(legal)}data: [DONE]\n\n`, 'not a JSON object'],
  ['no last blank line', written(legal).slice(0, -1), 'ends inside an event'],
  ['a gap in its numbers', written(legal.toSpliced(6, 1)), '`sequence_number`'],
  [
    'no numbers',
    written(legal.map(({ sequence_number: _, ...event }) => event)),
    '`sequence_number`',
  ],
  ['no type', changed(added, ({ type: _, ...event }) => event), '`type` is no text'],
  ['no first event', withoutEvent('response.created'), 'first event'],
  ['no second event', withoutEvent('response.in_progress'), 'before `response.in_progress`'],
  ['two beginnings', twice('response.created'), 'out of turn'],
  [
    'a beginning in its middle',
    written(numbered(legal.toSpliced(9, 0, legal[1] as JsonObject))),
    'out of turn',
  ],
  [
    'a beginning that is over',
    changed('response.created', inResponse('status', 'completed')),
    'not that of',
  ],
  [
    'a response that is none',
    changed(completed, withMember('response', null)),
    '`response` is not an object',
  ],
  [
    'another response at its end',
    changed(completed, inResponse('id', 'resp_2')),
    '`id` of the response changed',
  ],
  ['an item that is not the next', changed(added, withMember('output_index', 4)), '`output_index`'],
  [
    'an item inside of another',
    written(numbered(legal.toSpliced(indexOf(done), 1))),
    'inside of another',
  ],
  [
    'an item that is done from the beginning',
    changed(added, inItem('status', 'completed'), 1),
    'announced as completed',
  ],
  [
    'an item with its parts from the beginning',
    changed(added, inItem('summary', [{ type: 'summary_text', text: '' }])),
    'with its parts',
  ],
  ['an item without a type', changed(added, inItem('type', ''), 2), 'no `type`'],
  ['an item without an id', changed(added, inItem('id', null)), 'no `id`'],
  ['an item that is none', changed(added, withMember('item', 'x')), 'not an object'],
  [
    'an item in a strange status',
    changed(done, inItem('status', 'fine'), 1),
    '`status` of an item',
  ],
  [
    'an item done in progress',
    changed(done, inItem('status', 'in_progress'), 1),
    'yet in progress',
  ],
  ['an item whose id changes', changed(done, inItem('id', 'x'), 1), '`id` of an item changed'],
  [
    'an item whose type changes',
    changed(done, inItem('type', 'file_search_call'), 2),
    '`type` of an item changed',
  ],
  ['an item that is done twice', twice(done), 'no open item'],
  [
    'an event of no item',
    changed('response.output_text.delta', withMember('output_index', 9)),
    'no open item',
  ],
  [
    'an event of another item',
    changed('response.output_text.delta', withMember('item_id', 'x')),
    '`item_id`',
  ],
  [
    'an event that its item does not have',
    changed('response.output_text.delta', withMember('type', 'response.mcp_call.completed')),
    'no event of a message',
  ],
  [
    'an event that nobody knows',
    changed(
      'response.web_search_call.searching',
      withMember('type', 'response.web_search_call.dreaming'),
    ),
    'no event of',
  ],
  ['a part that nobody announced', withoutEvent('response.content_part.added'), 'no open part'],
  [
    'a part announced with its text',
    changed('response.content_part.added', inPart('text', 'x')),
    'announced with its text',
  ],
  ['a part inside of a part', withoutEvent('response.content_part.done'), 'inside of another'],
  [
    'a part at another place',
    changed('response.content_part.added', withMember('content_index', 3)),
    '`content_index`',
  ],
  [
    'a part without a type',
    changed('response.content_part.added', withMember('part', {})),
    'no `type`',
  ],
  [
    'a part without annotations',
    changed('response.content_part.added', inPart('annotations', null)),
    '`annotations`',
  ],
  [
    'a part whose text changes',
    changed('response.content_part.done', inPart('text', 'x')),
    'changed at its end',
  ],
  [
    'a part whose type changes',
    changed('response.content_part.done', inPart('type', 'refusal')),
    '`type` of a part changed',
  ],
  [
    'a part with other annotations',
    changed('response.content_part.done', inPart('annotations', [])),
    'other annotations',
  ],
  [
    'a summary at another place',
    changed('response.reasoning_summary_part.added', withMember('summary_index', 1)),
    '`summary_index`',
  ],
  [
    'a summary told as a text',
    changed(
      'response.reasoning_summary_text.delta',
      withMember('type', 'response.output_text.delta'),
    ),
    'no open part',
  ],
  [
    'a text told as a refusal',
    changed('response.output_text.delta', withMember('type', 'response.refusal.delta')),
    'another type',
  ],
  [
    'a delta that is no text',
    changed('response.output_text.delta', withMember('delta', 3)),
    'is no text',
  ],
  [
    'a text that is not what its deltas say',
    changed('response.output_text.done', withMember('text', 'x')),
    'not what its deltas say',
  ],
  ['a text that is told twice', twice('response.output_text.done'), 'ends twice'],
  [
    'a text that goes on',
    written(
      numbered(
        legal.toSpliced(
          indexOf('response.content_part.done'),
          0,
          legal[indexOf('response.output_text.delta')] as JsonObject,
        ),
      ),
    ),
    'behind its end',
  ],
  ['a text that is never whole', withoutEvent('response.output_text.done'), 'never told whole'],
  [
    'an annotation out of turn',
    changed('response.output_text.annotation.added', withMember('annotation_index', 3)),
    '`annotation_index`',
  ],
  ['other parts than were told', changed(done, inItem('content', []), 1), 'other parts'],
  [
    'a call announced with its arguments',
    changed(added, inItem('arguments', '{}'), 4),
    'with its arguments',
  ],
  ['a call without an id', changed(added, inItem('call_id', ''), 4), 'no `call_id`'],
  ['a call without a name', changed(added, inItem('name', ''), 4), 'no `name`'],
  ['a call whose arguments are no text', changed(done, inItem('arguments', {}), 4), 'is no text'],
  ['a call whose name changes', changed(done, inItem('name', 'g'), 4), '`name` of a call changed'],
  [
    'a call whose arguments change',
    changed(done, inItem('arguments', '[]'), 4),
    'changed at its end',
  ],
  [
    'a call whose arguments are never whole',
    withoutEvent('response.function_call_arguments.done'),
    'never told whole',
  ],
  [
    'a custom call with arguments',
    changed(
      'response.custom_tool_call_input.delta',
      withMember('type', 'response.function_call_arguments.delta'),
    ),
    'no event of a custom_tool_call',
  ],
  ['phases out of turn', twice('response.web_search_call.in_progress'), 'too late'],
  [
    'a command without a number',
    changed('response.shell_call_command.added', withMember('command_index', null)),
    '`command_index`',
  ],
  ['a message of the user', changed(done, inItem('role', 'user'), 1), '"assistant"'],
  ['a message without a list', changed(done, inItem('content', 'Hello'), 1), 'no list'],
  ['reasoning without a summary', changed(done, inItem('summary', null)), '`summary`'],
  [
    'reasoning with strange words',
    changed(done, inItem('content', [{ type: 'text', text: 'x' }])),
    '`content` of reasoning',
  ],
  ['state that is no text', changed(done, inItem('encrypted_content', '')), '`encrypted_content`'],
  ['no end', withoutEvent(completed), 'without a terminal'],
  ['something behind its end', twice(completed), 'follows the terminal'],
  [
    'an end in another status',
    changed(completed, inResponse('status', 'in_progress')),
    'not that of',
  ],
  ['an end inside of an item', withoutEvent(done, 5), 'inside of an item'],
  ['an end with less output', changed(completed, inResponse('output', [])), 'other items'],
  [
    'an end with other output',
    changed(completed, (event) =>
      inResponse('output', [
        ...((event['response'] as JsonObject)['output'] as JsonObject[]).slice(1),
        { type: 'x', id: 'y' },
      ])(event),
    ),
    'not what was told',
  ],
  [
    'something behind an error',
    written(
      numbered([
        ...legal.slice(0, 6),
        { type: 'error', message: 'x', code: null, param: null },
        legal[6] as JsonObject,
      ]),
    ),
    'follows an error',
  ],
  [
    'an error without words',
    written(numbered([...legal.slice(0, 6), { type: 'error', code: null, param: null }])),
    '`message` of an error',
  ],
  [
    'an error with a strange code',
    written(
      numbered([...legal.slice(0, 6), { type: 'error', message: 'x', code: 3, param: null }]),
    ),
    '`code` of an error',
  ],
]
