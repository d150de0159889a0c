import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { OpenAnswers } from '../src/open-answers.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void

const answers = 500
const fieldsEach = 1_000

/** As much of a response as is asked for, with something that weighs. */
class HeavyResponse extends EventEmitter {
  readonly socket = {}
  readonly weight = Array.from({ length: fieldsEach }, () => 0)
}

it('lets answers that were sent go with the next minor garbage collection, also after a full one', async () => {
  const open = new OpenAnswers()
  pass(open, answers)
  // Whatever holds the answers is old from now on.
  collectGarbage()

  const before = await youngest()
  pass(open, answers)
  const after = await youngest()

  expect((after - before) / answers).toBeLessThan(fieldsEach)
})

/** Answers come and go, eight at a time. */
function pass(open: OpenAnswers, count: number): void {
  const waiting: HeavyResponse[] = []
  for (let sent = 0; sent < count; sent += 1) {
    const response = new HeavyResponse()
    open.add(response as unknown as ServerResponse)
    waiting.push(response)
    if (waiting.length === 8) waiting.shift()?.emit('close')
  }
  for (const response of waiting) response.emit('close')
}

/** Bytes that minor collections leave. */
async function youngest(): Promise<number> {
  collectGarbage({ type: 'minor' })
  await setImmediate()
  collectGarbage({ type: 'minor' })
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => space_name === 'new_space' || space_name === 'old_space')
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0)
}
