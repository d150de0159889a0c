import assert from 'node:assert/strict'
import type { GatewayError } from '@jackfield/core'
import type { FaultCase, FaultPhase } from '../../faults/fault.ts'
import { faultCases } from '../../faults/faults.ts'
import { faultAnswerText } from '../../faults/renderer.ts'
import { runFault } from '../../faults/run-fault.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type ProviderLane, providerLanes } from '../lanes.ts'
import { passTime } from '../pass-time.ts'
import { goodAnswer, textOf } from '../reading.ts'
import type { ClientCall } from '../rig/client-call.ts'
import type { Rig } from '../rig/rig.ts'
import type { RigSetup } from '../rig/start-rig.ts'

/** Phases in which it matters who reads the answer; before them a call of another protocol fails like any. */
const answerPhases: ReadonlySet<FaultPhase> = new Set<FaultPhase>([
  'body',
  'before-first-part',
  'mid-stream',
  'terminal',
])

function suffers(fault: FaultCase): LaneCheck {
  const { id, description, expected } = fault
  return {
    id: `faults.${id}`,
    title: `${expected.outcome === 'answer' ? 'answers' : `says ${expected.code}`}: ${description}`,
    async run(hands, lane) {
      const { rig, call } = await suffer(hands, fault, lane)

      if (expected.outcome === 'answer') {
        assert.equal(textOf(goodAnswer(call)), faultAnswerText)
        return
      }
      const error = rig.attempts[0]?.outcome.error
      assert.ok(error, `the provider failed, and the attempt ended well: ${call.sink.text}`)
      // A client that does not stream gets nothing before the answer is complete.
      const held = lane.upstreamStream && !lane.stream && !expected.beforeCommit
      if (held) assertHeldBack(error, call)
      else assertExpected({ error, expected, call })
    },
  }
}

/** Every way to fail that the fault list knows has the class that the list says. */
export const faults: Theme = ({ lanes, wire: { dialect } }) =>
  providerLanes(lanes).flatMap((lane) =>
    onLanes(
      [lane],
      ...faultCases({ dialect, stream: lane.upstreamStream })
        .filter(({ phase }) => lane.own || answerPhases.has(phase))
        .map(suffers),
    ),
  )

/** One call to which the fault happens. */
async function suffer(
  hands: Hands,
  fault: FaultCase,
  lane: ProviderLane,
): Promise<{ readonly rig: Rig; readonly call: ClientCall }> {
  const rig = await hands.rig(limitsFor(fault))
  const { dialect } = rig.subject.wire
  await runFault(rig.server, fault, { dialect, stream: lane.upstreamStream })
  const call = rig.call(lane)
  if (fault.limits?.some((limit) => limit in shortLimits)) await passTime(rig, call, fault.phase)
  await call.done
  return { rig, call }
}

/** Milliseconds. Time is skipped, but a backend may have timers of its own. */
const shortLimits = { connect: 400, first_byte: 400, idle: 400 } as const

function limitsFor({ limits = [] }: FaultCase): RigSetup {
  const timeouts = {
    ...(limits.includes('connect') && { connectMs: shortLimits.connect }),
    ...(limits.includes('first_byte') && { firstByteMs: shortLimits.first_byte }),
    ...(limits.includes('idle') && { idleMs: shortLimits.idle }),
  }
  return {
    timeouts,
    ...(limits.includes('response_bytes') && { network: { maxResponseBytes: 1 << 20 } }),
  }
}

type Failure = Extract<FaultCase['expected'], { outcome: 'error' }>

function assertExpected({
  error,
  expected,
  call,
}: {
  readonly error: GatewayError
  readonly expected: Failure
  readonly call: ClientCall
}): void {
  const { code, policy, final, retryAfterMs } = error
  assert.equal(code, expected.code, `${code}: ${error.message}`)
  assert.deepEqual(
    { retryable: policy.retry !== 'no' && final !== true, fallback: policy.fallback !== 'no' },
    { retryable: expected.retryable, fallback: expected.fallback },
  )
  if (expected.retryAfterMs !== undefined) {
    assert.ok(retryAfterMs !== undefined, 'the provider’s hint when to come back is lost')
    assert.ok(Math.abs(retryAfterMs - expected.retryAfterMs) <= 1_000, `${retryAfterMs} ms`)
  }
  if (expected.beforeCommit) assertErrorAnswer(call)
  else assertBrokenStream(call)
}

function assertErrorAnswer({ sink }: ClientCall): void {
  assert.ok((sink.status ?? 0) >= 400, `the client got ${sink.status}: ${sink.text}`)
  assert.equal(sink.state, 'ended')
}

/** The client has seen the first word, is told of the break, and cannot take it for an end. */
function assertBrokenStream(call: ClientCall): void {
  const [word = ''] = faultAnswerText.split(' ')
  assert.equal(call.sink.status, 200)
  assert.ok(call.sink.text.includes(word), 'the first meaningful part did not reach the client')
  assert.ok(
    call.sink.state === 'destroyed' || call.answer().error !== undefined,
    `the client takes a broken answer for a whole one: ${call.sink.text.slice(-300)}`,
  )
}

function assertHeldBack(error: GatewayError, call: ClientCall): void {
  const { code, policy } = error
  assert.ok(code.startsWith('upstream_') || policy.callerFault, `${code}: ${error.message}`)
  assertErrorAnswer(call)
}
