import type { LoadedConfig } from './config/load.ts'

/** What a person needs after the start: where the gateway is, what it reaches, and something to paste. */
export function banner(
  loaded: LoadedConfig,
  context: {
    readonly version: string
    readonly url: string
    /** A model to try. */
    readonly model: string
  },
): string {
  const { config, backends, disabled, warnings, file } = loaded
  const rows = backends.map(({ name, auth, keySources }) => [
    name === defaultName(config.default_backend) ? `${name} (default)` : name,
    keySources
      .map(({ name: key, source }) => (source.includes(key) ? source : `${key} (${source})`))
      .join(', ') || (auth === 'none' ? 'needs no key' : 'no key'),
  ])
  const left = disabled.map(({ name, reason }) => [name, `disabled: ${reason}`])
  return [
    `Jackfield ${context.version} listens on ${context.url}`,
    ...(file === undefined ? [] : [`Configuration: ${file}`]),
    '',
    ...table([...rows, ...left]),
    ...warnings.map(({ message, fix }) => `! ${message}: ${fix}`),
    '',
    'Try it:',
    ...examples(config.api_keys.length > 0, context).map((line) => `  ${line}`),
    '',
  ].join('\n')
}

function examples(
  needsKey: boolean,
  { url, model }: { readonly url: string; readonly model: string },
): readonly string[] {
  const key = needsKey ? ` -H "Authorization: Bearer $JACKFIELD_KEY"` : ''
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  return [
    `curl ${url}/v1/models${key}`,
    `curl ${url}/v1/chat/completions${key} -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`,
    `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${needsKey ? '$JACKFIELD_KEY' : 'unused'}`,
  ]
}

function defaultName(selector: string | undefined): string | undefined {
  return selector?.split(':')[0]
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name = '']) => name.length))
  return rows.map(([name = '', ...rest]) => `  ${name.padEnd(width)}  ${rest.join('  ')}`)
}
