import type { JsonObject, Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  either,
  firstProblem,
  isObject,
  itemsOf,
  listOf,
  oneOf,
  optionally,
  type Problem,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'
import { closed } from './closed.ts'
import { inputItems, typeOf } from './conversation.ts'
import { isPresent } from './is-present.ts'
import { itemShapes } from './item-shapes.ts'
import { toolShape } from './tool-rules.ts'

const cites = (line: string): string => `OpenAI Responses 2.3, ${line}`

const breakpoint = { prompt_cache_breakpoint: anyObject }
const inputText = closed({ text: anyText }, breakpoint)
/** `image_url` and `file_data` have rules of their own. */
const inputImage = closed(
  {},
  {
    image_url: () => undefined,
    file_id: text(),
    detail: oneOf('auto', 'low', 'high', 'original'),
    ...breakpoint,
  },
)
const inputFile = closed(
  {},
  {
    file_data: anyText,
    file_id: text(),
    file_url: text({ pattern: /^https?:\/\// }),
    filename: text(),
    detail: oneOf('auto', 'low', 'high'),
    ...breakpoint,
  },
)
const fromClient = tagged({
  input_text: inputText,
  input_image: inputImage,
  input_file: inputFile,
})
const fromModel = tagged({
  output_text: closed(
    { text: anyText },
    { annotations: listOf(anyObject), logprobs: listOf(anyObject) },
  ),
  refusal: closed({ refusal: anyText }),
})

/** The beginnings of ids, by type of item, where the reference gives them. */
const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg_',
  function_call: 'fc_',
  reasoning: 'rs_',
}

/** https, http for servers of one's own, or an image as a data URL. */
const imageUrl = text({ pattern: /^(https?:\/\/|data:image\/[a-z0-9.+-]+;base64,)/i })
const dataUrl = text({ pattern: /^data:[a-z0-9.+-]+\/[a-z0-9.+-]+(;[^,;]+)*;base64,/i })

/** Rules about the items of `input`, each by itself. */
export const itemRules = {
  input: {
    cites: 'OpenAI Responses 2.2, input',
    check: (body) => {
      const instead = ['prompt', 'previous_response_id', 'conversation']
      if (instead.some((name) => isPresent(body[name])) && !isPresent(body['input'])) {
        return undefined
      }
      if (!isPresent(body['input'])) return { at: 'input', message: 'is required' }
      return either(anyText, listOf(anyObject))(body['input'], 'input')
    },
  },
  'item-type': forItems('tool traces', (item, at) =>
    oneOf(...Object.keys(itemShapes))(typeOf(item), `${at}.type`),
  ),
  'item-shape': forItems('item, shape', (item, at) => itemShapes[typeOf(item)]?.(item, at)),
  'content-parts': forParts('content parts', (part, at, role) =>
    (role === 'assistant' ? fromModel : fromClient)(part, at),
  ),
  'image-url': forParts('notes: image_url is a plain string', ({ image_url }, at) =>
    optionally(imageUrl)(image_url, `${at}.image_url`),
  ),
  'image-source': forParts('content parts: input_image', (part, at) =>
    part['type'] === 'input_image' ? oneSource(part, at, ['image_url', 'file_id']) : undefined,
  ),
  'file-data': forParts('content parts: file_data must be a data URL', (part, at) =>
    part['type'] === 'input_file'
      ? optionally(dataUrl)(part['file_data'], `${at}.file_data`)
      : undefined,
  ),
  'file-name': forParts('content parts: filename+file_data', (part, at) =>
    part['type'] === 'input_file' && isPresent(part['file_data'])
      ? shape({ filename: text() })(part, at)
      : undefined,
  ),
  'file-source': forParts('content parts: input_file', (part, at) =>
    part['type'] === 'input_file'
      ? oneSource(part, at, ['file_data', 'file_id', 'file_url'])
      : undefined,
  ),
  'phase-of-assistant': forItems('message: phase (assistant)', ({ role, phase }, at) =>
    isPresent(phase) && role !== 'assistant'
      ? { at: `${at}.phase`, message: 'is only allowed on assistant messages' }
      : undefined,
  ),
  'call-id': forItems('notes: call_id', ({ call_id }, at) =>
    optionally(text({ max: 64 }))(call_id, `${at}.call_id`),
  ),
  'item-id': forItems('notes: id is the item’s own identity', (item, at) => {
    const prefix = idPrefixes[typeOf(item)]
    if (prefix === undefined || !isPresent(item['id'])) return undefined
    return String(item['id']).startsWith(prefix)
      ? undefined
      : { at: `${at}.id`, message: `expected an ID that begins with '${prefix}'` }
  }),
  'compaction-trigger-is-last': {
    cites: cites('compaction'),
    check: (body) => {
      const items = inputItems(body)
      const early = items.slice(0, -1).find(({ item }) => typeOf(item) === 'compaction_trigger')
      return early && { at: String(early.at), message: 'must be the last input item' }
    },
  },
  'later-tools': forItems('tools for later turns', (item, at) =>
    firstProblem(itemsOf(holdsTools(item) ? item['tools'] : []), (tool, index) =>
      toolShape(tool, `${at}.tools[${index}]`),
    ),
  ),
} as const satisfies Record<string, Rule>

/** Where a message or an output has its parts. */
const partLists: Readonly<Record<string, string>> = {
  message: 'content',
  function_call_output: 'output',
  custom_tool_call_output: 'output',
}

function forItems(
  line: string,
  check: (item: JsonObject, at: string) => Problem | undefined,
): Rule {
  return {
    cites: cites(line),
    check: (body) => firstProblem(inputItems(body), ({ item, at = 'input' }) => check(item, at)),
  }
}

function forParts(
  line: string,
  check: (part: JsonObject, at: string, role: unknown) => Problem | undefined,
): Rule {
  return forItems(line, (item, at) => {
    const place = partLists[typeOf(item)]
    if (place === undefined) return undefined
    return firstProblem(itemsOf(item[place]), (part, index) =>
      isObject(part) ? check(part, `${at}.${place}[${index}]`, item['role']) : undefined,
    )
  })
}

function oneSource(part: JsonObject, at: string, names: readonly string[]): Problem | undefined {
  if (names.some((name) => isPresent(part[name]))) return undefined
  return { at, message: `expected one of ${names.join(', ')}` }
}

function holdsTools(item: JsonObject): boolean {
  return ['additional_tools', 'tool_search_output'].includes(typeOf(item))
}
