import { join } from 'node:path'
import { type Agent, clientKey, commands, files, lastWords, prompt } from './agent.ts'

/** Claude Code, `claude -p`. */
export const claudeCode: Agent = {
  name: 'Claude Code',
  complaint: /error/i,
  prepare: async (sandbox, gateway) => ({
    script: '@anthropic-ai/claude-code/cli-wrapper.cjs',
    args: ['-p', prompt, '--model', 'claude-sonnet-4-5', '--allowedTools', 'Read,Write,Bash'],
    env: {
      ANTHROPIC_BASE_URL: gateway,
      ANTHROPIC_API_KEY: clientKey,
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
  ],
}
