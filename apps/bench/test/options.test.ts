import { expect, it } from 'vitest'
import { parseOptions, scenarioNames, UsageError } from '../src/options.ts'
import { translated } from '../src/workload/protocols/way.ts'

it('measures everything against the gateway when nothing is said', () => {
  expect(parseOptions([])).toEqual({
    quick: false,
    only: new Set(scenarioNames),
    targets: ['gateway'],
    ways: translated,
  })
})

it('reads every option', () => {
  const args =
    '--quick --only unary,micro --target bare,gateway --way responses-chat,anthropic-chat --rounds 3 --json out.json'

  expect(parseOptions([...args.split(' '), '--gateway-entry', 'main.js'])).toEqual({
    quick: true,
    only: new Set(['unary', 'micro']),
    targets: ['bare', 'gateway'],
    ways: [translated[0], translated[2]],
    rounds: 3,
    json: 'out.json',
    gatewayEntry: 'main.js',
  })
  expect(parseOptions(['--help'])).toBe('help')
})

it('says what is possible when it is asked for something else', () => {
  expect(() => parseOptions(['--only', 'speed'])).toThrow(/"speed"; there are unary, stream/)
  expect(() => parseOptions(['--target', 'nginx'])).toThrow(/"nginx"; there are bare, gateway/)
  expect(() => parseOptions(['--way', 'chat-chat'])).toThrow(/there are anthropic-chat/)
  expect(() => parseOptions(['--rounds', '0'])).toThrow(/1 to 1000/)
  expect(() => parseOptions(['--rounds', '1.5'])).toThrow(UsageError)
  expect(() => parseOptions(['--fast'])).toThrow(UsageError)
  expect(() => parseOptions(['quick'])).toThrow(UsageError)
})
