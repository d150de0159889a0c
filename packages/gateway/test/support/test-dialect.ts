import type { Dialect } from '@jackfield/core'

/** Only what the gateway package itself uses of a dialect. Its errors show that they went through it. */
export const testDialect = {
  name: 'test',
  encodeError: (error, form) => ({
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-dialect': 'test' },
    body: Buffer.from(
      JSON.stringify({ code: error.code, message: error.message, form: form ?? null }),
    ),
  }),
} satisfies Partial<Dialect> as unknown as Dialect
