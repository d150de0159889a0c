import type { CommandFlag } from '../command-line.ts'

/** The flags of `explain`. */
export const explainFlags: readonly CommandFlag[] = [
  {
    name: '--path',
    value: 'path',
    summary: 'Path of the request. Default: /v1/chat/completions.',
  },
  {
    name: '--body',
    value: 'file|-|json',
    summary:
      'Body of the request: a file, - for standard input, or JSON. Default: one that says hello.',
  },
  {
    name: '--url',
    value: 'url',
    summary: 'Where the gateway is. Default: what the configuration says.',
  },
  {
    name: '--key',
    value: 'key',
    summary: 'One of its api_keys (JACKFIELD_KEY). Default: the first of the configuration.',
  },
  { name: '--json', summary: 'Print the answer as JSON.' },
]
