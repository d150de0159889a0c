import { rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { type OpenAIChatFake, startInternLMFake, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chat, type LogLine } from './process/start-process.ts'
import {
  type ServingProgram,
  startServing,
  type TestProgramOptions,
} from './support/test-program.ts'

const configFile = 'config/config.yaml'

async function startFake(keys: readonly string[]): Promise<OpenAIChatFake> {
  const known = Object.fromEntries(keys.map((key) => [key, 'ok' as const]))
  const fake = await startOpenAIChatFake({
    keys: known,
    play: (steps) => [...steps.slice(0, 3), { do: 'gate', name: 'rest' }, ...steps.slice(3)],
  })
  onTestFinished(() => fake.close())
  return fake
}

function start(yaml: string, options: TestProgramOptions = {}): Promise<ServingProgram> {
  return startServing({ ...options, files: { [configFile]: yaml, ...options.files } })
}

function write(serving: ServingProgram, yaml: string, file = configFile): void {
  writeFileSync(join(serving.program.cwd, file), yaml)
}

function logOf(serving: ServingProgram): readonly LogLine[] {
  return serving
    .printed()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** The log line that tells of a reload, the first one of its kind or the nth. */
async function told(
  serving: ServingProgram,
  kind: 'applied' | 'not applied',
  nth = 1,
): Promise<LogLine> {
  const begins = `"msg":"configuration ${kind}`
  return JSON.parse(await serving.output((text) => text.includes(begins), nth))
}

/** Reads a stream until this text has come. */
async function readUntil(
  reader: ReadableStreamDefaultReader<string>,
  wanted: string,
): Promise<string> {
  let text = ''
  while (!text.includes(wanted)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`the stream ended without ${wanted}: ${text}`)
    text += value
  }
  return text
}

function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/health`, { headers: { host }, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

const one = (baseUrl: string, key: string, more = '') =>
  `backends:\n  one: { type: openai-compatible, base_url: '${baseUrl}', api_keys: [${key}] }\n${more}`

describe('a changed file', () => {
  it('is applied by itself: new calls use the new key, an open stream goes on untouched', async () => {
    const fake = await startFake(['old-key', 'new-key'])
    const serving = await start(one(fake.baseUrl, 'old-key'))
    const open = await chat(serving.url, { model: 'fake-chat', stream: true })
    const reader = open.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (reader === undefined) throw new Error('no body')
    await readUntil(reader, 'data: {')

    write(serving, one(fake.baseUrl, 'new-key'))
    await told(serving, 'applied')
    const second = chat(serving.url, { model: 'fake-chat' })
    await fake.server.waitForRequest(2)
    fake.server.gate('rest').open()

    expect(await readUntil(reader, 'data: [DONE]')).toContain('"finish_reason":"stop"')
    expect((await second).status).toBe(200)
    expect(fake.keysUsed()).toEqual(['old-key', 'new-key'])
  })

  it('may take a backend away: its open stream comes to its end', async () => {
    const fake = await startFake(['key'])
    const serving = await start(one(fake.baseUrl, 'key', '  echo: {}\ndefault_backend: one\n'))
    const open = await chat(serving.url, { model: 'one:fake-chat', stream: true })
    const reader = open.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (reader === undefined) throw new Error('no body')
    await readUntil(reader, 'data: {')

    write(serving, 'backends: { echo: {} }\n')
    const line = await told(serving, 'applied')
    const gone = await chat(serving.url, { model: 'one:fake-chat' })
    fake.server.gate('rest').open()

    expect(line).toMatchObject({
      added: [],
      removed: ['one'],
      replaced: [],
      kept: ['echo', 'hybrid'],
    })
    expect(await gone.text()).toContain('This is the echo backend')
    expect(await readUntil(reader, 'data: [DONE]')).toContain('"finish_reason":"stop"')
  })

  it('is a secret too, where the configuration names its file', async () => {
    const fake = await startFake(['old-key', 'new-key'])
    fake.server.gate('rest').open()
    const serving = await start(one(fake.baseUrl, "'${file:key}'"), {
      files: { 'config/key': 'old-key\n' },
    })

    await chat(serving.url, { model: 'fake-chat' })
    write(serving, 'new-key\n', 'config/key')
    await told(serving, 'applied')
    await chat(serving.url, { model: 'fake-chat' })

    expect(fake.keysUsed()).toEqual(['old-key', 'new-key'])
  })

  it('is watched from the reload on that first names it', async () => {
    const fake = await startFake(['old-key', 'new-key'])
    fake.server.gate('rest').open()
    const serving = await start(one(fake.baseUrl, 'old-key'), { files: { 'keys/key': 'old-key' } })

    write(serving, one(fake.baseUrl, "'${file:../keys/key}'"))
    await told(serving, 'applied')
    write(serving, 'new-key', 'keys/key')
    await told(serving, 'applied', 2)
    await chat(serving.url, { model: 'fake-chat' })

    expect(fake.keysUsed()).toEqual(['new-key'])
  })

  it('that is broken changes nothing, and all problems are logged', async () => {
    const serving = await start('backends: { echo: {} }\n')

    write(serving, 'prot: 1\nbackends: { nope: {} }\nmax_tries: many\n')
    const line = await told(serving, 'not applied')

    expect(line).toMatchObject({
      level: 50,
      problems: [
        'config/config.yaml:1:1  unknown key "prot"  → did you mean "port"?',
        expect.stringContaining('config/config.yaml:2:13  backends.nope  the package'),
        expect.stringContaining('config/config.yaml:3:12  max_tries  expected a whole number'),
      ],
    })
    expect((await chat(serving.url)).status).toBe(200)
  })

  it('that is repaired is applied', async () => {
    const serving = await start('backends: { echo: {} }\n')

    write(serving, 'backends: [\n')
    await told(serving, 'not applied')
    write(serving, 'backends: { echo: {}, other: { type: echo } }\n')

    expect(await told(serving, 'applied')).toMatchObject({
      added: ['other'],
      kept: ['echo', 'hybrid'],
    })
  })
})

describe('SIGHUP', () => {
  it('reads the file again', async () => {
    const serving = await start('backends: { echo: {} }\n')

    write(serving, 'backends: { second: { type: echo } }\n')
    serving.signal('SIGHUP')

    expect(await told(serving, 'applied')).toMatchObject({ added: ['second'], removed: ['echo'] })
    expect((await chat(serving.url, { model: 'second:x' })).status).toBe(200)
  })

  it('finds a file that was not there at the start', async () => {
    const serving = await startServing({ files: { 'config/other': '' } })

    write(serving, 'backends: { second: { type: echo } }\n')
    serving.signal('SIGHUP')

    expect(await told(serving, 'applied')).toMatchObject({ added: ['second'] })
  })

  it('does not go on without the file that was there at the start', async () => {
    const serving = await start('api_keys: [client-key]\n')

    rmSync(join(serving.program.cwd, configFile))
    serving.signal('SIGHUP')

    expect(await told(serving, 'not applied')).toMatchObject({
      problems: [
        'the configuration file config/config.yaml is gone  → put it back, or restart the gateway to run without it',
      ],
    })
    expect((await chat(serving.url)).status).toBe(401)
  })

  it('ends a gateway whose terminal was closed', async () => {
    const serving = await startServing({ isTerminal: true })

    serving.closeTerminal()
    serving.signal('SIGHUP')

    expect(await serving.ended).toBe(0)
  })
})

describe('a reload', () => {
  it('changes client keys at once', async () => {
    const serving = await start('api_keys: [old-key]\n')

    write(serving, 'api_keys: [new-key]\n')
    serving.signal('SIGHUP')
    await told(serving, 'applied')

    const [old, now] = await Promise.all(
      ['old-key', 'new-key'].map((key) => chat(serving.url, { headers: { 'x-api-key': key } })),
    )
    expect([old?.status, now?.status]).toEqual([401, 200])
  })

  it('changes allowed hosts and the level of the log at once', async () => {
    const serving = await start('log: { level: info }\n')
    const before = await statusFor(serving.url, 'gateway.lan')

    write(serving, 'log: { level: debug }\nallowed_hosts: [gateway.lan]\n')
    serving.signal('SIGHUP')
    await told(serving, 'applied')
    const after = await statusFor(serving.url, 'gateway.lan')
    await chat(serving.url)

    expect([before, after]).toEqual([403, 200])
    expect(await serving.output((text) => text.includes('"decision"'))).toContain('"level":20')
  })

  it('tells what takes effect after a restart, as long as it waits for one', async () => {
    const serving = await start('{}\n')

    write(serving, 'host: localhost\nmax_body_size: 1MB\nlog: { format: pretty, level: debug }\n')
    serving.signal('SIGHUP')
    await told(serving, 'applied')
    const first = await serving.output((text) => text.includes('after a restart'))
    write(serving, 'log: { level: debug }\n')
    serving.signal('SIGHUP')
    await told(serving, 'applied', 2)

    expect(JSON.parse(first)).toMatchObject({
      level: 40,
      settings: ['host', 'max_body_size', 'log.format'],
    })
    expect(logOf(serving).filter(({ msg }) => msg.includes('after a restart'))).toHaveLength(1)
  })

  it('logs the warnings of the new configuration', async () => {
    const serving = await start('{}\n')

    write(serving, 'backends: { echo: {}, internlm: {} }\n')
    serving.signal('SIGHUP')
    const line = await serving.output((text) => text.includes('configuration warning'))

    expect(JSON.parse(line)['warning']).toMatch(
      /^config\/config\.yaml:1:23 {2}backends\.internlm {2}it has no key and is disabled {2}→ set INTERNAI_API_KEY/,
    )
  })

  it('that many signals ask for happens once, for the last state of the file', async () => {
    const serving = await start('backends: { echo: {} }\n')

    for (let round = 0; round < 50; round += 1) {
      write(serving, `backends: { round-${round}: { type: echo } }\n`)
      serving.signal('SIGHUP')
    }
    const line = await serving.output((text) => text.includes('"added":["round-49"]'))

    expect(JSON.parse(line)).toMatchObject({ msg: 'configuration applied', removed: ['echo'] })
    expect((await chat(serving.url, { model: 'round-49:x' })).status).toBe(200)
  })
})

describe('a reload of a gateway that other machines reach', () => {
  const exposed = ['--host', '0.0.0.0']

  it.each([
    ['drops the keys', 'backends: { echo: {} }\n'],
    ['drops the keys and asks for the loopback interface', 'host: 127.0.0.1\n'],
    ['empties the list of keys', 'host: localhost\napi_keys: []\n'],
  ])('is refused when it %s', async (_, yaml) => {
    const serving = await start('host: 0.0.0.0\napi_keys: [client-key]\n')

    write(serving, yaml)
    serving.signal('SIGHUP')
    const line = await told(serving, 'not applied')

    expect(line['problems']).toEqual([
      'api_keys  the gateway goes on listening on 0.0.0.0 until it is restarted: other machines could use your accounts without any key  → take this change back, or make it and restart the gateway',
    ])
    expect((await chat(serving.url)).status).toBe(401)
  })

  it('is refused with the address of a flag too', async () => {
    const serving = await start('api_keys: [client-key]\n', { argv: exposed })

    write(serving, '{}\n')
    serving.signal('SIGHUP')
    await told(serving, 'not applied')

    expect((await chat(serving.url)).status).toBe(401)
  })

  it('may drop them when told so in so many words', async () => {
    const serving = await start('api_keys: [client-key]\n', { argv: exposed })

    write(serving, 'allow_unauthenticated_remote: true\n')
    serving.signal('SIGHUP')
    await told(serving, 'applied')

    expect((await chat(serving.url)).status).toBe(200)
  })

  it('may not take these words back without giving keys', async () => {
    const serving = await start('host: 0.0.0.0\nallow_unauthenticated_remote: true\n')

    write(serving, 'host: 127.0.0.1\n')
    serving.signal('SIGHUP')

    expect(await told(serving, 'not applied')).toMatchObject({ level: 50 })
  })
})

describe('keys of a reload', () => {
  it('are rotated by the provider without a failed call', async () => {
    const fake = await startInternLMFake({ keys: { a: 'ok', b: 'ok' } })
    onTestFinished(() => fake.close())
    const yaml = (key: string) =>
      `backends: { internlm: { base_url: '${fake.baseUrl}', api_keys: [${key}] } }\n`
    const serving = await start(yaml('a'))

    await chat(serving.url, { model: 'intern-s1' })
    write(serving, yaml('b'))
    serving.signal('SIGHUP')
    await told(serving, 'applied')
    fake.setKey('a', { status: 401 })
    const after = await chat(serving.url, { model: 'intern-s1' })

    expect(after.status).toBe(200)
    expect(fake.keysUsed()).toEqual(['a', 'b'])
  })
})
