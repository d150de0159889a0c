import type { CallInput, ChatRequest } from '@jackfield/core'
import {
  checkMembers,
  createToolNames,
  isTrue,
  modelOf,
  requireMember,
  scanBody,
} from '../src/index.ts'

/** What routing needs of a request to Acme, read from its bytes without parsing them. */
export function readHead(input: CallInput) {
  const document = scanBody(input, '`model` and `dialogue`')
  checkMembers(document, { model: ['string'], dialogue: ['array'], live: ['boolean'] })
  requireMember(document, 'dialogue', ['array'])
  return { ...modelOf(document), stream: isTrue(document, 'live'), document }
}

/** Acme's tools, whose names are short and in lower case. */
export function encodeTools({ tools = [] }: ChatRequest) {
  const names = createToolNames(tools, { pattern: /^[a-z0-9_]+$/, maxLength: 32 })
  const list = tools.flatMap((tool) =>
    tool.type === 'function' ? [{ name: names.sent(tool.name) }] : [],
  )
  const { changes } = names
  return {
    body: { tools: list },
    ...(changes === undefined ? {} : { changes: { toolNames: changes } }),
  }
}
