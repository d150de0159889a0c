import type { ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { refuseContinued } from '../src/index.ts'

const request: ChatRequest = { model: 'm', messages: [], stream: false, includeUsage: true }

describe('a request for a provider that stores nothing', () => {
  it('is fine where it stands alone', () => {
    expect(() => refuseContinued(request)).not.toThrow()
  })

  it.each([
    [{ continues: 'resp_1' }, 'previous_response_id'],
    [{ continues: 'conv_1', continuesIn: 'conversation' }, 'conversation'],
    [{ continues: 'pmpt_1', continuesIn: 'prompt' }, 'prompt'],
  ])('is refused for the member that the client sent: %j', (members, param) => {
    expect(() => refuseContinued({ ...request, ...members })).toThrow(
      expect.objectContaining({
        code: 'unsupported_capability',
        param,
        message: expect.stringContaining(`\`${param}\``),
      }),
    )
  })
})
