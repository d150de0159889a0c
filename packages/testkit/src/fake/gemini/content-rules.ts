import type { JsonObject, Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  firstProblem,
  isObject,
  isPresent,
  itemsOf,
  listOf,
  oneOf,
  optionally,
  type Problem,
  shape,
} from '../strict/shape.ts'
import { heldBy, type Turn, turnsOf } from './conversation.ts'

const request = 'Gemini, 4.2 Request'
const parts = 'Gemini, 4.3 Parts'

const textParts = shape({ parts: listOf(shape({ text: anyText }), { min: 1 }) })

/** Rules about what follows on what in a conversation. */
const turnRules = {
  'calls-follow-user': forTurns((turn, before) =>
    heldBy(turn, 'functionCall').length === 0 || before?.role === 'user'
      ? undefined
      : {
          at: turn.at,
          message: 'a function call turn must come right after a user or a function response turn',
        },
  ),
  'calls-are-answered': forTurns((turn, _, after) => {
    const calls = heldBy(turn, 'functionCall').length
    const responses = after?.role === 'user' ? heldBy(after, 'functionResponse').length : 0
    if (turn.role !== 'model' || calls === 0 || calls === responses) return undefined
    const message = `the number of function response parts (${responses}) must equal the number of function call parts (${calls}) of the turn before`
    return { at: after?.at ?? turn.at, message }
  }),
  'responses-follow-calls': forTurns((turn, before) =>
    heldBy(turn, 'functionResponse').length === 0 || heldBy(before, 'functionCall').length > 0
      ? undefined
      : {
          at: turn.at,
          message: 'a function response turn must come right after a function call turn',
        },
  ),
  'responses-name-their-calls': forTurns((turn, before) => strangeResponse(turn, before)),
} as const satisfies Record<string, Rule>

/** Rules about contents each by itself: a piece of a conversation keeps them, too. */
export const pieceRules = {
  contents: {
    cites: request,
    check: (body) =>
      'contents' in body
        ? listOf(anyObject, { min: 1 })(body['contents'], 'contents')
        : { at: 'contents', message: 'is not specified' },
  },
  'content-role': forContents((content, at) =>
    optionally(oneOf('user', 'model', 'function'))(content['role'], `${at}.role`),
  ),
  'content-parts': forContents((content, at) =>
    listOf(anyObject, { min: 1 })(content['parts'], `${at}.parts`),
  ),
  'system-instruction': {
    cites: request,
    check: (body) => optionally(textParts)(body['systemInstruction'], 'systemInstruction'),
  },
} as const satisfies Record<string, Rule>

/** Rules about the conversation of a request. */
export const contentRules = { ...pieceRules, ...turnRules } as const

function forContents(check: (content: JsonObject, at: string) => Problem | undefined): Rule {
  return {
    cites: request,
    check: (body) =>
      firstProblem(itemsOf(body['contents']), (content, index) =>
        isObject(content) ? check(content, `contents[${index}]`) : undefined,
      ),
  }
}

function forTurns(
  check: (turn: Turn, before: Turn | undefined, after: Turn | undefined) => Problem | undefined,
): Rule {
  return {
    cites: parts,
    check: (body) => {
      const turns = turnsOf(body)
      return firstProblem(turns, (turn, index) => check(turn, turns[index - 1], turns[index + 1]))
    },
  }
}

/** Responses are matched by name and order; by id where the calls have ids. */
function strangeResponse(turn: Turn, before: Turn | undefined): Problem | undefined {
  const calls = heldBy(before, 'functionCall')
  const responses = heldBy(turn, 'functionResponse')
  if (calls.length === 0 || calls.length !== responses.length) return undefined
  const called = calls.map((call) => call['name']).sort()
  const answered = responses.map((response) => response['name']).sort()
  if (called.some((name, index) => name !== answered[index])) {
    const message = `the function responses (${answered.join(', ')}) must name the functions called (${called.join(', ')})`
    return { at: turn.at, message }
  }
  const ids = calls.map((call) => call['id']).filter(isPresent)
  const strange = responses.map((response) => response['id']).find((id) => !ids.includes(id))
  if (ids.length === 0 || !isPresent(strange)) return undefined
  return { at: turn.at, message: `no function call has the id ${strange}` }
}
