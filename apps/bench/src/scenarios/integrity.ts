import { withDeadline } from '../deadline.ts'
import { BenchFailure } from '../failure.ts'
import { Connection } from '../load/connection.ts'
import { exchangeForBody, sendChecked } from '../load/exchange.ts'
import { digestOf } from '../upstream/fake-upstream.ts'
import { streamFrames } from '../workload/answer.ts'
import { prepareChat } from '../workload/prepared-request.ts'
import type { ModelPosition } from '../workload/request-body.ts'
import { encodeModel } from '../workload/script.ts'
import type { BenchContext, StandingTarget } from './context.ts'

const defaultStepLimitMs = 5_000
const lockstepContents = 12

/**
 * What must hold before a figure means anything: bodies of all sizes reach the upstream byte for byte, and no frame waits for the next.
 * The second is exact and not timed: the upstream sends a frame only after the one before it has arrived at the driver.
 */
export async function checkIntegrity(
  context: BenchContext,
  target: StandingTarget,
  stepLimitMs: number = defaultStepLimitMs,
): Promise<void> {
  const connection = await Connection.open(target.port)
  try {
    for (const { bytes } of context.profile.unary) {
      for (const modelAt of ['head', 'tail'] as const) {
        await withDeadline(
          checkBody(connection, bytes, modelAt),
          stepLimitMs,
          `${target.label}: a request of ${bytes} bytes`,
        )
      }
    }
    const stream = followStream(connection)
    const reach = (step: Promise<void>, name: string) =>
      withDeadline(step, stepLimitMs, `${target.label}, unless it holds back, ${name}`)
    await stepThrough(stream, reach, context.upstream.step)
  } finally {
    connection.close()
  }
}

async function checkBody(
  connection: Connection,
  bytes: number,
  modelAt: ModelPosition,
): Promise<void> {
  const model = encodeModel({ kind: 'digest' })
  const request = prepareChat({ bytes, model, stream: false, modelAt })
  const answer = (await exchangeForBody(connection, request)).toString()
  if (answer.includes(digestOf(request.body))) return
  throw new BenchFailure(
    `a body of ${bytes} bytes, model at the ${modelAt}, reached the upstream changed: sent ${digestOf(request.body)}, answer ${answer.slice(0, 400)}`,
  )
}

type Stream = ReturnType<typeof followStream>

/** Has the upstream send each frame only when the one before it has arrived. */
async function stepThrough(
  stream: Stream,
  reach: (step: Promise<void>, name: string) => Promise<void>,
  sendNext: () => void,
): Promise<void> {
  const count = streamFrames(lockstepContents).length
  // The role-only frame may wait for the first part with content; both have left.
  for (let due = 2; due < count; due += 1) {
    await reach(stream.reached(due), `frame ${due}`)
    sendNext()
  }
  await reach(stream.reached(count), 'the last frame')
  await reach(stream.ended, 'the end of the stream')
}

/** Sends a lockstep request; `reached(n)` resolves when its first `n` frames have arrived. */
function followStream(connection: Connection) {
  const model = encodeModel({ kind: 'lockstep', contents: lockstepContents })
  const request = prepareChat({ bytes: 400, model, stream: true, modelAt: 'head' })
  const frames = streamFrames(lockstepContents)
  const ended = Promise.withResolvers<void>()
  let received = 0
  let wake = () => {}
  sendChecked(
    connection,
    { request, expected: Buffer.concat(frames) },
    {
      onProgress: (bytes) => {
        received = bytes
        wake()
      },
      onDone: ended.resolve,
      onFailure: ended.reject,
    },
  )
  // Also when nobody waits for the end at that moment.
  ended.promise.catch(() => {})
  const reached = async (count: number) => {
    const bytes = frames.slice(0, count).reduce((sum, frame) => sum + frame.length, 0)
    while (received < bytes) {
      const progress = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([progress, ended.promise])
    }
  }
  return { reached, ended: ended.promise }
}
