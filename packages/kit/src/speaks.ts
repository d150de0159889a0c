import { GatewayError } from '@jackfield/core'
import Type, { type TOptional, type TUnsafe } from 'typebox'
import type { Surface } from './surface.ts'

/** Schema of the option `speaks`, for backends whose provider has several protocols. */
export function speaksOption<Name extends string>(
  dialects: readonly Name[],
): TOptional<TUnsafe<readonly Name[]>> {
  return Type.Optional(
    Type.Unsafe<readonly Name[]>({
      type: 'array',
      items: { type: 'string', enum: dialects, description: 'A protocol.' },
      minItems: 1,
      uniqueItems: true,
      commas: true,
      expects: `a list of ${dialects.join(', ')}`,
      description:
        'The protocols that the server behind `base_url` really has, where it is not the provider’s own. Calls of the others are translated. Default: all of them.',
    }),
  )
}

/**
 * The surfaces of the protocols that a server has.
 *
 * @throws GatewayError `config_invalid` where calls are to be translated for a protocol that is not among them.
 */
export function speaking(
  surfaces: readonly Surface[],
  options: {
    /** Names of dialects; absent: all. */
    readonly speaks?: readonly string[] | undefined
    /** Name of the dialect that calls of others are translated for. */
    readonly dialect?: string | undefined
    /** Name of the backend, for the message. */
    readonly backend: string
  },
): readonly Surface[] {
  const { speaks, dialect, backend } = options
  if (speaks === undefined) return surfaces
  if (dialect !== undefined && !speaks.includes(dialect)) {
    throw new GatewayError(
      'config_invalid',
      `backends.${backend}.dialect is ${dialect}, which backends.${backend}.speaks does not name: add it there, or choose one of ${speaks.join(', ')}.`,
    )
  }
  return surfaces.filter((surface) => speaks.includes(protocolOf(surface)))
}

/** The legacy completions are a part of OpenAI's chat protocol. */
function protocolOf({ dialect: { name } }: Surface): string {
  return name === 'openai-completions' ? 'openai-chat' : name
}
