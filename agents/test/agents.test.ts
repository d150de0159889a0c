import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGateway } from '../../apps/server/test/end-to-end/harness.ts'
import type { Agent } from './agents/agent.ts'
import { clientKey, files, lastWords, picture } from './agents/agent.ts'
import { claudeCode, claudeCodeAsDocumented } from './agents/claude-code.ts'
import { codex, codexAsDocumented, codexAsOpenAI } from './agents/codex.ts'
import { geminiCli, geminiCliAsDocumented } from './agents/gemini-cli.ts'
import { startAnthropicProvider } from './providers/anthropic.ts'
import { startChatProvider, startCompatibleProvider } from './providers/chat.ts'
import { startGeminiProvider } from './providers/gemini.ts'
import type { Provider } from './providers/provider.ts'
import { startResponsesProvider } from './providers/responses.ts'
import { runAgent } from './run-agent.ts'
import { createSandbox } from './sandbox.ts'

const providers = {
  'OpenAI Chat': startChatProvider,
  'a compatible server': startCompatibleProvider,
  'OpenAI Responses': startResponsesProvider,
  'Anthropic Messages': startAnthropicProvider,
  Gemini: startGeminiProvider,
} as const

type StartProvider = (typeof providers)[keyof typeof providers]
type Settings = Readonly<Record<string, unknown>>

/** A gateway in front of one provider, of which every answer is held against the rules of its protocol. */
function startGatewayOf(provider: Provider, settings: Settings) {
  return openGateway(
    JSON.stringify({
      backends: { provider: provider.backend },
      default_backend: 'provider',
      api_keys: [clientKey],
      validate_answers: 1,
      max_tries: 1,
      ...settings,
    }),
  )
}

async function perform(agent: Agent, startProvider: StartProvider, settings: Settings = {}) {
  await using sandbox = await createSandbox()
  await writeFile(join(sandbox.work, 'picture.png'), picture)
  const turns = agent.turns(sandbox.work)
  await using provider = await startProvider(turns)
  const gateway = await startGatewayOf(provider, settings)
  try {
    const run = await runAgent(await agent.prepare(sandbox, gateway.url), sandbox)
    const calls = turns.flatMap((turn) => turn.calls ?? [])
    const rounds = provider.rounds()
    return {
      run,
      files: await sandbox.files(),
      outside: [...sandbox.outside],
      // Refusals of the provider, answers that break a protocol, calls that failed.
      trouble: gateway.log.filter(({ level, status = 200 }) => level >= 40 || status !== 200),
      rounds: rounds.length,
      turns: turns.length,
      results: calls.map((call, index) => provider.resultOf(call, index)),
      seen: JSON.stringify(rounds.at(-1)),
    }
  } finally {
    await gateway.close()
  }
}

type Done = Awaited<ReturnType<typeof perform>>

function expectWellDone(done: Done, agent: Agent): void {
  expect(done.trouble).toEqual([])
  expect(done.run, done.run.stderr).toMatchObject({ code: 0 })
  expect(done.run.stdout).toContain(lastWords)
  expect(done.run.stderr).not.toMatch(agent.complaint)
  expect(done.files).toEqual(files)
  // Calls of one turn come back together, and nothing is asked twice.
  expect(done.rounds).toBe(done.turns)
  expect(done.results).toEqual([
    expect.any(String),
    expect.stringContaining('one two'),
    expect.stringMatching(/zebra 🦓.*one two/s),
    expect.any(String),
  ])
  expect(done.seen).toContain(picture.toString('base64'))
  expect(done.outside).toEqual([])
}

describe.each([claudeCode, codex, codexAsOpenAI, geminiCli])('$name', (agent) => {
  it.each(Object.entries(providers))('does a task in front of %s', async (_name, startProvider) => {
    // The agents ask for the models that they know.
    const done = await perform(agent, startProvider, { force_model: 'fake-chat' })

    expectWellDone(done, agent)
  })
})

describe.each([claudeCodeAsDocumented, codexAsDocumented, geminiCliAsDocumented])(
  '$name, pointed at the gateway as the documentation has it',
  (agent) => {
    it('does a task with a model that the gateway lists', async () => {
      const done = await perform(agent, startCompatibleProvider)

      expectWellDone(done, agent)
    })
  },
)
