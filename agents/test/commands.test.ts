import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGateway } from '../../apps/server/test/end-to-end/harness.ts'
import { type Agent, clientKey, files, lastWords, picture, prompt } from './agents/agent.ts'
import { claudeCode } from './agents/claude-code.ts'
import { codex, codexAsOpenAI } from './agents/codex.ts'
import { geminiCli, geminiCliAsDocumented } from './agents/gemini-cli.ts'
import { startCompatibleProvider } from './providers/chat.ts'
import { runAgent } from './run-agent.ts'
import { createSandbox } from './sandbox.ts'

/** Lets the user of an agent say something, in front of a provider that knows how the task goes. */
async function perform(agent: Agent, said: string) {
  await using sandbox = await createSandbox()
  await writeFile(join(sandbox.work, 'picture.png'), picture)
  const turns = agent.turns(sandbox.work)
  await using provider = await startCompatibleProvider(turns)
  const gateway = await openGateway(
    JSON.stringify({
      backends: { provider: provider.backend },
      default_backend: 'provider',
      api_keys: [clientKey],
      validate_answers: 1,
      max_tries: 1,
      // The agents ask for the models that they know.
      force_model: 'fake-chat',
    }),
  )
  try {
    const run = await runAgent(await agent.prepare(sandbox, gateway.url, said), sandbox)
    return {
      run,
      files: await sandbox.files(),
      trouble: gateway.log.filter(({ level, status = 200 }) => level >= 40 || status !== 200),
      rounds: provider.rounds().map((round) => JSON.stringify(round)),
      turns: turns.length,
      executed: gateway.log.flatMap(({ annotations }) => commandsIn(annotations)),
    }
  } finally {
    await gateway.close()
  }
}

/** Names of the commands that a call executed. */
function commandsIn(annotations: unknown): readonly string[] {
  const names = (annotations as Readonly<Record<string, string>> | undefined)?.[
    'x-jackfield-command'
  ]
  return names === undefined ? [] : [names]
}

describe.each([claudeCode, codex, codexAsOpenAI, geminiCliAsDocumented])(
  'commands in $name',
  (agent) => {
    it('are answered by the gateway when nothing else is said', async () => {
      const { run, trouble, rounds, executed } = await perform(agent, '!/hello')

      expect(run, run.stderr).toMatchObject({ code: 0 })
      expect(run.stdout).toContain('This is Jackfield, session ')
      expect(run.stdout).toContain('Backends: provider (1 target')
      expect(run.stderr).not.toMatch(agent.complaint)
      expect(rounds).toEqual([])
      expect(executed).toEqual(['hello'])
      expect(trouble).toEqual([])
    })

    it('hold for all requests of the task that they stand beside, and are executed once', async () => {
      const done = await perform(agent, `!/set(max-output-tokens=4321)\n${prompt}`)

      expect(done.run, done.run.stderr).toMatchObject({ code: 0 })
      expect(done.run.stdout).toContain(lastWords)
      expect(done.files).toEqual(files)
      expect(done.rounds).toHaveLength(done.turns)
      for (const round of done.rounds) {
        expect(round).toContain('4321')
        expect(round).not.toMatch(/!\/|max-output-tokens/)
      }
      expect(done.executed).toEqual(['set'])
      expect(done.trouble).toEqual([])
    })
  },
)

describe('commands in Gemini CLI without a model', () => {
  // It first has a small model rate the prompt, in JSON.
  it('are answered once, although it asks two models', async () => {
    const { run, rounds, executed, trouble } = await perform(geminiCli, '!/hello')

    expect(run, run.stderr).toMatchObject({ code: 0 })
    expect(run.stdout).toContain('This is Jackfield, session ')
    expect(rounds).toEqual([])
    expect(executed).toEqual(['hello'])
    expect(trouble).toMatchObject([{ msg: 'call', status: 400 }])
  })
})
