import { expect, it } from 'vitest'
import type { Dialect } from '../../src/dialect.ts'
import { FakeBody } from '../support/fake-body.ts'
import { createFakeDialect, line } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { answer, FakeProvider } from '../support/fake-provider.ts'

it('a stream is asked for what it has told only at its end: that is to read it', async () => {
  let reports = 0
  const plain = createFakeDialect('fake-a')
  const dialect: Dialect = {
    ...plain,
    tap(framing, options) {
      const tap = plain.tap(framing, options)
      const report = tap.report.bind(tap)
      tap.report = () => {
        reports += 1
        return report()
      }
      return tap
    },
  }
  const body = new FakeBody()
  const provider = new FakeProvider({ dialect }, () => answer(body))
  const fake = await fakeGateway({ backends: [provider.config()] })
  const call = await fake.stream({}, { dialect })

  body.write(line({ text: 'a' }), line({ text: 'b' }))
  await fake.clock.advance(0)
  const inMidStream = reports
  body.write(line({ done: 'stop' })).end()
  await call.done

  expect(inMidStream).toBe(0)
  expect(reports).toBeGreaterThan(0)
})
