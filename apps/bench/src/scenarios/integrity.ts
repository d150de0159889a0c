import { withDeadline } from '../deadline.ts'
import { BenchFailure } from '../failure.ts'
import { Connection } from '../load/connection.ts'
import { exchangeForBody, sendChecked } from '../load/exchange.ts'
import { digestOf } from '../upstream/fake-upstream.ts'
import { frameCount } from '../workload/answer.ts'
import { essenceDigest } from '../workload/essence-digest.ts'
import { prepareRequest } from '../workload/prepared-request.ts'
import { isTranslated, type Way } from '../workload/protocols/way.ts'
import type { ModelPosition } from '../workload/request-body.ts'
import { encodeModel } from '../workload/script.ts'
import type { BenchContext, StandingTarget } from './context.ts'
import { lockstepRequest } from './requests.ts'

const defaultStepLimitMs = 5_000
const lockstepContents = 12

/**
 * What must hold before a figure means anything: bodies of all sizes reach the upstream byte for byte, or say there what the client said
 * where the target translates, and no frame waits for the next. The last is exact and not timed: the upstream sends a frame only after
 * what the one before it says has arrived at the driver.
 */
export async function checkIntegrity(
  context: BenchContext,
  target: StandingTarget,
  stepLimitMs: number = defaultStepLimitMs,
): Promise<void> {
  const { unary, translated } = context.profile
  const { way } = target
  const connection = await Connection.open(target.port)
  try {
    for (const { bytes } of isTranslated(way) ? translated : unary) {
      for (const modelAt of ['head', 'tail'] as const) {
        await withDeadline(
          checkBody(connection, way, { bytes, modelAt }),
          stepLimitMs,
          `${target.label}: a request of ${bytes} bytes`,
        )
      }
    }
    const stream = followStream(connection, way)
    const reach = (step: Promise<void>, name: string) =>
      withDeadline(step, stepLimitMs, `${target.label}, unless it holds back, ${name}`)
    await stepThrough(stream, reach, { sendNext: context.upstream.step, way })
  } finally {
    connection.close()
  }
}

async function checkBody(
  connection: Connection,
  way: Way,
  { bytes, modelAt }: { readonly bytes: number; readonly modelAt: ModelPosition },
): Promise<void> {
  const { client } = way
  const model = encodeModel({ kind: isTranslated(way) ? 'essence' : 'digest' })
  const request = prepareRequest({ client, bytes, model, stream: false, modelAt })
  const sent = isTranslated(way)
    ? essenceDigest(client.essence(JSON.parse(request.body.toString())))
    : digestOf(request.body)
  const answer = (await exchangeForBody(connection, request)).toString()
  if (answer.includes(sent)) return
  throw new BenchFailure(
    `a body of ${bytes} bytes, model at the ${modelAt}, reached the upstream changed: sent ${sent}, answer ${answer.slice(0, 400)}`,
  )
}

type Stream = ReturnType<typeof followStream>

/** Has the upstream send each frame only when the one before it has arrived. */
async function stepThrough(
  stream: Stream,
  reach: (step: Promise<void>, name: string) => Promise<void>,
  { sendNext, way }: { readonly sendNext: () => void; readonly way: Way },
): Promise<void> {
  const count = frameCount(lockstepContents)
  // What is behind the text may become one event, or several: a translation shows it when it has all of it.
  const shown = isTranslated(way) ? lockstepContents + 1 : count
  // The role-only frame may wait for the first part with content; both have left.
  for (let due = 2; due < count; due += 1) {
    if (due <= shown) await reach(stream.reached(due), `frame ${due}`)
    sendNext()
  }
  await reach(stream.reached(shown), 'the last frame')
  await reach(stream.ended, 'the end of the stream')
}

/** Sends a lockstep request; `reached(n)` resolves when its first `n` frames have arrived. */
function followStream(connection: Connection, way: Way) {
  const ended = Promise.withResolvers<void>()
  let received = 0
  let wake = () => {}
  sendChecked(connection, lockstepRequest(way, 400, lockstepContents), {
    onProgress: (frames) => {
      received = frames
      wake()
    },
    onDone: ended.resolve,
    onFailure: ended.reject,
  })
  // Also when nobody waits for the end at that moment.
  ended.promise.catch(() => {})
  const reached = async (count: number) => {
    while (received < count) {
      const progress = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([progress, ended.promise])
    }
  }
  return { reached, ended: ended.promise }
}
