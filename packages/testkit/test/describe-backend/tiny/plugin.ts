import type { BackendPlugin } from '@jackfield/core'
import { TinyBackend, type TinyOptions } from './backend.ts'

export const tinyProperties = {
  base_url: { type: 'string', description: 'Address of the provider.' },
  api_keys: { type: 'array', items: { type: 'string' }, description: 'Its keys.' },
} as const

const tiny: BackendPlugin<TinyOptions> = {
  apiVersion: 1,
  type: 'tiny',
  options: {
    type: 'object',
    properties: tinyProperties,
    required: ['base_url', 'api_keys'],
    additionalProperties: false,
  },
  create: (options, context) => new TinyBackend(options, context),
}

export default tiny
