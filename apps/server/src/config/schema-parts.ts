import type { NamedSecret } from '@jackfield/core'
import Type from 'typebox'
import { type Quantity, quantityPatterns } from './quantities.ts'
import type { SchemaNode } from './schema-node.ts'

/** Keywords that every setting may carry besides those of its type. */
type Keywords = Omit<
  SchemaNode,
  'type' | 'properties' | 'items' | 'anyOf' | 'quantity' | 'secret'
> & {
  readonly description: string
}

/** A duration or size in the file, milliseconds or bytes in the program. */
export function quantity(kind: Quantity, keywords: Keywords & { readonly default: string }) {
  return Type.Unsafe<number>({
    type: ['string', 'number'],
    pattern: quantityPatterns[kind],
    minimum: 0,
    quantity: kind,
    ...keywords,
  })
}

/** A text in the file, a named secret in the program. */
export function secret(keywords: Keywords) {
  return Type.Unsafe<NamedSecret>({ type: 'string', minLength: 1, secret: true, ...keywords })
}

/** One of several words. */
export function choice<const Word extends string>(words: readonly Word[], keywords: Keywords) {
  return Type.Unsafe<Word>({ type: 'string', enum: words, ...keywords })
}

/** A closed object: what it does not name is an error. */
export function section<Properties extends Type.TProperties>(
  description: string,
  properties: Properties,
) {
  return Type.Object(properties, { description, additionalProperties: false, default: {} })
}
