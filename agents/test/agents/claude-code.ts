import { join } from 'node:path'
import { type Agent, commands, files, lastWords, prompt } from './agent.ts'

/** Claude Code, `claude -p`. */
export const claudeCode: Agent = {
  name: 'Claude Code',
  prepare: async (sandbox, gateway) => ({
    script: '@anthropic-ai/claude-code/cli-wrapper.cjs',
    args: ['-p', prompt, '--model', 'claude-sonnet-4-5', '--allowedTools', 'Write,Bash'],
    env: {
      ANTHROPIC_BASE_URL: gateway,
      ANTHROPIC_API_KEY: 'unused',
      CLAUDE_CONFIG_DIR: join(sandbox.home, '.claude'),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_TELEMETRY: '1',
    },
  }),
  turns: (work) => [
    {
      thought: 'Two files first; they do not depend on each other.',
      text: 'I write both files.',
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
      thought: 'Now both into one.',
      calls: [
        {
          id: 'call_all',
          tool: 'Bash',
          input: { command: commands.join, description: 'Write all.txt' },
        },
      ],
    },
    { text: lastWords },
  ],
}
