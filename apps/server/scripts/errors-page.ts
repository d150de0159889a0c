import { type ErrorPolicy, errorPolicies } from '@jackfield/core'

const retryWords: Readonly<Record<ErrorPolicy['retry'], string>> = {
  no: 'no',
  once: 'once',
  delay: 'after a delay',
  refresh: 'after one refresh of the credential',
}

const fallbackWords: Readonly<Record<ErrorPolicy['fallback'], string>> = {
  no: 'no',
  target: 'next target, then next leaf',
  leaf: 'next leaf',
}

const coolsWords: Readonly<Record<ErrorPolicy['cools'], string>> = {
  nothing: '',
  'target-model': 'this model on the target',
  'target-model-long': 'this model on the target, for long',
  target: 'the target',
  'target-long': 'the target, for long',
  'target-disabled': 'the target, until a probe succeeds',
}

/** The reference of errors, from the one table in the core. */
export function errorsPage(): { readonly path: string; readonly text: string } {
  const rows = Object.entries(errorPolicies).map(
    ([code, policy]) =>
      `| \`${code}\` | ${policy.status === 0 ? 'exit 78' : policy.status} | ${retryWords[policy.retry]} | ${fallbackWords[policy.fallback]} | ${coolsWords[policy.cools]} | ${policy.meaning} |`,
  )
  return { path: 'docs/reference/errors.md', text: [...head, ...rows, ...tail].join('\n') }
}

const head = [
  '# Errors',
  '',
  '<!-- Generated from packages/core/src/errors/codes.ts by "npm run docs". Do not edit. -->',
  '',
  'Every failure has one code, which the log shows. The client sees what its protocol has for it: below `/v1` OpenAI’s',
  '`error.type` and `error.code` (`invalid_api_key` for `unauthenticated`, for example), on paths without `/v1` the message',
  'alone (`{"error": "…"}`). Messages say what happened, to what, and what to do; they hold no key and no prompt.',
  '',
  'What a provider rejects as the caller’s own fault is relayed as the provider said it where the request was forwarded,',
  'so that SDKs raise what they raise against the provider. A rejected key of the gateway is never shown as the',
  'client’s 401.',
  '',
  '| code | status | same target again | fallback | what cools down | meaning |',
  '|---|---|---|---|---|---|',
]

const tail = [
  '',
  '`Retry-After` is sent wherever the time is known. A failure after the first meaningful part of a stream is an error',
  'event of the client’s protocol with the code `stream_interrupted`; nothing is retried then. An error event in which the',
  'provider blames the caller keeps its code, and is passed on as it came if the stream is forwarded. `no_available_target` is',
  '429 instead of 503 when a provider’s own hint is the reason. What becomes of each way in which a provider fails, and what each',
  'protocol calls it: [faults.md](faults.md).',
  '',
]
