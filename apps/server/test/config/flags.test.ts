import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/flags.ts'
import { helpText } from '../../src/config/help.ts'
import { revealedValue } from '../../src/config/node.ts'
import { formatProblem, type Problem } from '../../src/config/problems.ts'

function read(...argv: readonly string[]) {
  const problems: Problem[] = []
  const line = readFlags(argv, {
    report: (problem) => problems.push({ code: 'config_invalid', ...problem }),
    invalid: new Set(),
  })
  return { ...line, value: revealedValue(line.layer), problems: problems.map(formatProblem) }
}

describe('readFlags', () => {
  it.each([
    [['--host', '0.0.0.0'], { host: '0.0.0.0' }],
    [['--port=0'], { port: 0 }],
    [['--default-backend', 'openai:gpt-4o'], { default_backend: 'openai:gpt-4o' }],
    [['--backend', 'internlm'], { default_backend: 'internlm' }],
    [['--force-model', 'internlm2.5-latest'], { force_model: 'internlm2.5-latest' }],
    [['--static-route', 'a:b|c:d'], { static_route: 'a:b|c:d' }],
    [['--log-level', 'WARNING'], { log: { level: 'warn' } }],
    [['--log-format', 'json', '--log-level', 'debug'], { log: { level: 'debug', format: 'json' } }],
    [['--api-key', 'a', '--api-key=b'], { api_keys: ['a', 'b'] }],
    [['--api-key', 'a,b'], { api_keys: ['a,b'] }],
    [['--allow-unauthenticated-remote'], { allow_unauthenticated_remote: true }],
    [['--allow-unauthenticated-remote=false'], { allow_unauthenticated_remote: false }],
    [[], {}],
  ])('reads %j', (argv, value) => {
    expect(read(...argv)).toMatchObject({ value, problems: [] })
  })

  it('tells commands from flags', () => {
    expect(read('check-config', '--port', '80', 'more')).toMatchObject({
      words: ['check-config', 'more'],
      value: { port: 80 },
    })
  })

  it.each([
    [['--help'], { help: true, version: false }],
    [['-h'], { help: true }],
    [['-v'], { version: true }],
    [['--version'], { version: true }],
    [['--config', 'a.yaml'], { config: 'a.yaml' }],
  ])('understands %j', (argv, expected) => {
    expect(read(...argv)).toMatchObject({ ...expected, problems: [] })
  })

  it('reports every flag that is wrong', () => {
    expect(read('--prot', '80', '--port', 'many', '--hots=x', '-x', '--host').problems).toEqual([
      'unknown flag --prot  → did you mean --port?',
      'unknown flag --hots  → did you mean --host?',
      'unknown flag "-x"  → see --help',
      'flag --host  it needs a value  → write --host=…',
      expect.stringContaining('flag --port  port  expected a whole number'),
    ])
  })

  it('does not take the next flag for a value', () => {
    const { problems, value } = read('--host', '--port', '80')

    expect(problems).toEqual(['flag --host  it needs a value  → write --host=…'])
    expect(value).toEqual({})
  })

  it('refuses two values for one setting, under whichever names', () => {
    expect(read('--port', '1', '--port', '2').problems).toEqual([
      'flag --port  port  --port given with different values  → give it once',
    ])
    expect(read('--backend', 'a', '--default-backend', 'b').problems).toEqual([
      'flag --default-backend  default_backend  --default-backend and --backend given with different values  → give it once',
    ])
    expect(read('--backend', 'a', '--default-backend', 'a').problems).toEqual([])
  })

  it('does not repeat what may be the key of a misspelt flag', () => {
    const { problems, words } = read('--api-kye', 'sk-Zr8kQ2mX7bN4vL9w', '--sk-Zr8kQ2mX7bN4vL9w')

    expect(problems.join()).not.toContain('Zr8k')
    expect(words).toEqual([])
  })
})

describe('helpText', () => {
  const text = helpText('jackfield', [{ name: 'serve', summary: 'Starts the gateway.' }])

  it.each([
    '--config <file>',
    '--host <host>',
    '--default-backend, --backend <default-backend>',
    '--api-key <api-key>',
    '--log-level <level>',
    'Default: 8000.',
    '(APP_PORT)',
    'serve',
  ])('names %s', (part) => {
    expect(text).toContain(part)
  })
})
