import { expect, it } from 'vitest'
import { batchedStream } from '../../src/logging/batched-stream.ts'

/** A stream whose writes are recorded, and the time that its batches take. */
function start() {
  const writes: string[] = []
  const timers: (() => void)[] = []
  const after = (_ms: number, callback: () => void) => {
    timers.push(callback)
    return { cancel: () => {} }
  }
  const stream = batchedStream({ write: (text) => void writes.push(text) }, { after })
  const passTime = () => {
    for (const callback of timers.splice(0)) callback()
  }
  return { stream, writes, passTime }
}

it('writes the first line at once and those that follow closely together', () => {
  const { stream, writes, passTime } = start()

  for (const line of ['a\n', 'b\n', 'c\n']) stream.write(line)
  const before = [...writes]
  passTime()

  expect(before).toEqual(['a\n'])
  expect(writes).toEqual(['a\n', 'b\nc\n'])
})

it('goes on gathering while lines keep coming, and starts anew after a pause', () => {
  const { stream, writes, passTime } = start()

  stream.write('a\n')
  stream.write('b\n')
  passTime()
  stream.write('c\n')
  const gathering = [...writes]
  passTime()
  passTime()
  stream.write('d\n')

  expect(gathering).toEqual(['a\n', 'b\n'])
  expect(writes).toEqual(['a\n', 'b\n', 'c\n', 'd\n'])
})

it('lets no more than 16 KB wait', () => {
  const { stream, writes } = start()
  const long = 'x'.repeat(10_000)

  stream.write('first')
  stream.write(long)
  stream.write(long)

  expect(writes).toEqual(['first', long + long])
})

it('writes what waits when it is told to, once', () => {
  const { stream, writes, passTime } = start()

  stream.write('a')
  stream.write('b')
  stream.flush()
  stream.flush()
  passTime()

  expect(writes).toEqual(['a', 'b'])
})
