import { type BodySource, GatewayError, type Model } from '@jackfield/core'

/** A whole body; what came of it if it broke. */
export function readWhole(body: BodySource): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    body.start({
      data: (chunk) => chunks.push(chunk),
      end: () => resolve(Buffer.concat(chunks)),
      fail: reject,
    })
  })
}

/** Models in whatever list it is. Throws `upstream_invalid_response`. */
export function readModels(body: Uint8Array): readonly Model[] {
  const document = parse(body)
  const list = document?.data ?? document?.models ?? document
  if (!Array.isArray(list)) throw noList()
  return list.flatMap((entry: unknown) => {
    const id = typeof entry === 'string' ? entry : nameIn(entry)
    return typeof id === 'string' && id !== '' ? [{ id }] : []
  })
}

interface ListDocument {
  readonly data?: unknown
  readonly models?: unknown
}

function parse(body: Uint8Array): ListDocument | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()) as ListDocument
  } catch {
    return undefined
  }
}

function nameIn(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { id, name } = entry as { readonly id?: unknown; readonly name?: unknown }
  return id ?? name
}

function noList(): GatewayError {
  return new GatewayError('upstream_invalid_response', 'The provider gave no list of models.')
}
