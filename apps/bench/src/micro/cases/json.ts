import { applySplices, readString, replaceValue, scanDocument, spliceParts } from '@jackfield/core'
import { requestBody } from '../../workload/request-body.ts'
import type { MicroGroup } from '../registry.ts'

/** What finding and replacing the model costs without a parse, beside what it would cost with one. */
export function jsonGroup(bytes: number): MicroGroup {
  const body = requestBody({ bytes, model: 'bench-unary', stream: false, modelAt: 'tail' })
  const document = scanDocument(body)
  const model = document.get('model')
  if (model === undefined) throw new Error('the request has a model')
  const splice = [replaceValue(model, '"other-model"')]
  return {
    title: `Request of ${bytes / 1_000} KB`,
    cases: [
      { name: 'JSON.parse of the body', call: () => JSON.parse(body.toString()) },
      {
        name: 'parse, replace the model, serialise',
        call: () =>
          Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), model: 'other-model' })),
      },
      { name: 'scanDocument', call: () => scanDocument(body) },
      {
        name: 'scanDocument, read the model, splice in parts',
        call: () => scanAndSplice(body),
      },
      { name: 'splice in parts', call: () => spliceParts(body, splice) },
      { name: 'splice with one copy', call: () => applySplices(body, splice) },
    ],
  }
}

function scanAndSplice(body: Buffer): readonly Uint8Array[] {
  const model = scanDocument(body).get('model')
  if (model === undefined) return [body]
  return readString(body, model) === 'other-model'
    ? [body]
    : spliceParts(body, [replaceValue(model, '"other-model"')])
}
