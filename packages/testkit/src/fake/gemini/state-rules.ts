import type { Rule } from '../strict/rule.ts'
import { firstProblem, type Problem } from '../strict/shape.ts'
import { heldBy, type PlacedPart, type Turn, turnsOf } from './conversation.ts'
import type { SignatureFault, ThoughtSigner } from './thought-signer.ts'

const cites = 'Gemini, 4.4 Thinking and thoughtSignature'

/** What a client puts in place of a signature that was lost; the validation is skipped. */
const placeholders = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']

const reasons: Readonly<Record<SignatureFault, string>> = {
  foreign: 'it was not made here',
  altered: 'it was changed',
  misplaced: 'it belongs to another part',
}

/** Rules about the reasoning state that comes back with a conversation. */
export function stateRules(signer: ThoughtSigner) {
  return {
    'thought-signature': {
      cites,
      check: (body) => firstProblem(turnsOf(body), (turn) => wrongSignature(turn, signer)),
    },
    'thought-signature-required': {
      cites,
      check: (body) => firstProblem(currentTurn(turnsOf(body)), unsignedCall),
    },
  } as const satisfies Record<string, Rule>
}

/** Whether this stands in place of a lost signature, as text or as the base64 of it. */
function isPlaceholder(signature: string): boolean {
  const decoded = Buffer.from(signature, 'base64').toString()
  return placeholders.includes(signature) || placeholders.includes(decoded)
}

function wrongSignature(turn: Turn, signer: ThoughtSigner): Problem | undefined {
  let before = ''
  return firstProblem(turn.parts, ({ part, at }) => {
    const fault = faultOf({ part, at }, turn, (signature) =>
      signer.faultOf(signature, part, before),
    )
    if (typeof part['text'] === 'string' && part['thought'] !== true) before += part['text']
    return fault && { at: `${at}.thoughtSignature`, message: invalid(fault) }
  })
}

function faultOf(
  { part }: PlacedPart,
  turn: Turn,
  verify: (signature: string) => SignatureFault | undefined,
): SignatureFault | undefined {
  const signature = part['thoughtSignature']
  if (typeof signature !== 'string' || isPlaceholder(signature)) return undefined
  return verify(signature) ?? (turn.role === 'model' ? undefined : 'misplaced')
}

function invalid(fault: SignatureFault): string {
  return `the thought_signature is not valid: ${reasons[fault]}`
}

/** What came since the last user message that is not a function response. */
function currentTurn(turns: readonly Turn[]): readonly Turn[] {
  const start = turns.findLastIndex(
    (turn) => turn.role === 'user' && heldBy(turn, 'functionResponse').length === 0,
  )
  return turns.slice(start + 1)
}

/** In parallel calls only the first one has a signature. */
function unsignedCall(turn: Turn): Problem | undefined {
  const first = turn.parts.find(({ part }) => part['functionCall'] !== undefined)
  if (turn.role !== 'model' || !first) return undefined
  const { part, at } = first
  if (typeof part['thoughtSignature'] === 'string' && part['thoughtSignature'] !== '') {
    return undefined
  }
  const message = 'the function call is missing its thought_signature'
  return { at: `${at}.thoughtSignature`, message }
}
