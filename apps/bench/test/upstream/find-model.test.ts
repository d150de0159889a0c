import { expect, it } from 'vitest'
import { findModel } from '../../src/upstream/find-model.ts'
import { requestBody } from '../../src/workload/request-body.ts'

const model = 'bench-stream-60x5'

function pieces(body: Buffer, size: number): Buffer[] {
  const count = Math.ceil(body.length / size)
  return Array.from({ length: count }, (_, index) =>
    body.subarray(index * size, (index + 1) * size),
  )
}

it('finds the model at the head and at the tail, however the body was read', () => {
  for (const modelAt of ['head', 'tail'] as const) {
    const body = requestBody({ bytes: 100_000, model, stream: true, modelAt })

    for (const size of [1, 7, 1_000, 65_536, 200_000]) {
      expect(findModel(pieces(body, size))).toBe(model)
    }
  }
})

it('reads a document that was serialised with spaces', () => {
  expect(findModel([Buffer.from('{ "model" : "bench-unary" }')])).toBe('bench-unary')
})

it('finds nothing where there is no model', () => {
  expect(findModel([])).toBeUndefined()
  expect(findModel([Buffer.from('{"messages":[]}')])).toBeUndefined()
})
