import { join } from 'node:path'
import type { Turn } from '../providers/script.ts'
import type { AgentCommand } from '../run-agent.ts'
import { type Agent, clientKey, commands, files, lastWords, listedModel, prompt } from './agent.ts'

const complaint = /error/i

const quiet = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_TELEMETRY: '1',
}

const commandFor = (said = prompt): Omit<AgentCommand, 'env'> => ({
  script: '@anthropic-ai/claude-code/cli-wrapper.cjs',
  args: ['-p', said, '--allowedTools', 'Read,Write,Bash'],
})

function turns(work: string): readonly Turn[] {
  return [
    {
      thought: 'Two files first; they do not depend on each other.',
      text: 'I write both files.',
      afterthought: 'At once.',
      calls: [
        {
          id: 'call_note',
          tool: 'Write',
          input: { file_path: join(work, 'note.txt'), content: files['note.txt'] },
        },
        {
          id: 'call_count',
          tool: 'Bash',
          input: { command: commands.count, description: 'Write count.txt' },
        },
      ],
    },
    {
      thought: 'Now both into one, and the picture.',
      calls: [
        {
          id: 'call_all',
          tool: 'Bash',
          input: { command: commands.join, description: 'Write all.txt' },
        },
        { id: 'call_look', tool: 'Read', input: { file_path: join(work, 'picture.png') } },
      ],
    },
    { text: lastWords },
  ]
}

/** Claude Code, `claude -p`, with a model that it knows. */
export const claudeCode: Agent = {
  name: 'Claude Code',
  complaint,
  prepare: async (_sandbox, gateway, said) => ({
    ...commandFor(said),
    env: {
      ...quiet,
      ANTHROPIC_BASE_URL: gateway,
      ANTHROPIC_API_KEY: clientKey,
      ANTHROPIC_MODEL: 'claude-sonnet-4-5',
    },
  }),
  turns,
}

/** The same as the documentation has it, with a model of the gateway. */
export const claudeCodeAsDocumented: Agent = {
  name: 'Claude Code',
  complaint,
  prepare: async (_sandbox, gateway, said) => ({
    ...commandFor(said),
    env: {
      ...quiet,
      ANTHROPIC_BASE_URL: gateway,
      ANTHROPIC_AUTH_TOKEN: clientKey,
      ANTHROPIC_MODEL: listedModel,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: listedModel,
    },
  }),
  turns,
}
