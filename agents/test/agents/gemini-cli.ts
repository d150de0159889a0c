import { join } from 'node:path'
import { type Agent, clientKey, commands, files, lastWords, prompt } from './agent.ts'

const settings = {
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  security: { auth: { selectedType: 'gemini-api-key' } },
}

/** Gemini CLI, `gemini -p`. Without `-m` it first asks a small model which one to take, with a schema for the answer. */
export const geminiCli: Agent = {
  name: 'Gemini CLI',
  complaint: /error|failed/i,
  async prepare(sandbox, gateway) {
    await sandbox.configure('.gemini/settings.json', JSON.stringify(settings))
    return {
      script: '@google/gemini-cli/bundle/gemini.js',
      args: ['--approval-mode', 'yolo', '-p', prompt],
      env: {
        GOOGLE_GEMINI_BASE_URL: gateway,
        GEMINI_API_KEY: clientKey,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
      },
    }
  },
  turns: (work) => [
    {
      thought: 'Two files first; they do not depend on each other.',
      text: 'I write both files.',
      afterthought: 'At once.',
      calls: [
        {
          id: 'call_note',
          tool: 'write_file',
          input: { file_path: join(work, 'note.txt'), content: files['note.txt'] },
        },
        {
          id: 'call_count',
          tool: 'run_shell_command',
          input: { command: commands.count, description: 'Write count.txt' },
        },
      ],
    },
    {
      thought: 'Now both into one, and the picture.',
      calls: [
        {
          id: 'call_all',
          tool: 'run_shell_command',
          input: { command: commands.join, description: 'Write all.txt' },
        },
        { id: 'call_look', tool: 'read_file', input: { file_path: join(work, 'picture.png') } },
      ],
    },
    { text: lastWords },
  ],
}
