import assert from 'node:assert/strict'
import { reply } from '../../fake/script.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { hasProvider, type Lane } from '../lanes.ts'

const noConsole: LaneCheck<Lane> = {
  id: 'logs.no-console',
  title: 'prints nothing by itself, in good calls and in bad ones',
  async run(hands, lane) {
    const rig = await hands.rig()

    const printed = await printedBy(async () => {
      await rig.ask(lane)
      if (hasProvider(lane)) rig.server.respondWith(reply(500, '<html>'))
      await rig.ask(lane)
    })

    assert.deepEqual(printed, [])
  },
}

/** What a backend has to say it says to the log that it is given. */
export const logs: Theme = ({ lanes }) =>
  onLanes(
    lanes.filter(({ own }) => own),
    noConsole,
  )

const levels = ['debug', 'error', 'info', 'log', 'warn', 'trace', 'dir'] as const

/** The first argument of each call of the console meanwhile. */
async function printedBy(work: () => Promise<void>): Promise<readonly string[]> {
  const { console } = globalThis
  const printed: string[] = []
  const silent = levels.map((level) => [level, (first: unknown) => printed.push(String(first))])
  globalThis.console = Object.assign(Object.create(console), Object.fromEntries(silent))
  try {
    await work()
    return printed
  } finally {
    globalThis.console = console
  }
}
