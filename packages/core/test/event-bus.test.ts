import { expect, it } from 'vitest'
import { createEventBus } from '../src/event-bus.ts'

interface Events {
  readonly a: number
  readonly b: string
}

it('tells an event to those who listen to it, in order, until they stop', () => {
  const seen: string[] = []
  const bus = createEventBus<Events>(() => {})
  const stop = bus.on('a', (value) => seen.push(`first ${value}`))
  bus.on('a', (value) => seen.push(`second ${value}`))
  bus.on('b', (value) => seen.push(value))

  bus.emit('a', 1)
  stop()
  bus.emit('a', 2)

  expect(seen).toEqual(['first 1', 'second 1', 'second 2'])
})

it('goes on when a listener throws, and says so', () => {
  const seen: unknown[] = []
  const bus = createEventBus<Events>((error) => seen.push(error))
  const broken = new Error('x')
  bus.on('a', () => {
    throw broken
  })
  bus.on('a', (value) => seen.push(value))

  bus.emit('a', 1)

  expect(seen).toEqual([broken, 1])
})
