import { join } from 'node:path'
import type { Turn } from '../providers/script.ts'
import type { AgentCommand } from '../run-agent.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Agent, clientKey, commands, files, lastWords, listedModel, prompt } from './agent.ts'

const settings = {
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  security: { auth: { selectedType: 'gemini-api-key' } },
}

const complaint = /error|failed/i

async function prepared(
  sandbox: Sandbox,
  gateway: string,
  {
    said = prompt,
    args = [],
  }: { readonly said?: string | undefined; readonly args?: readonly string[] },
): Promise<AgentCommand> {
  await sandbox.configure('.gemini/settings.json', JSON.stringify(settings))
  return {
    script: '@google/gemini-cli/bundle/gemini.js',
    args: ['--approval-mode', 'yolo', '-p', said, ...args],
    env: {
      GOOGLE_GEMINI_BASE_URL: gateway,
      GEMINI_API_KEY: clientKey,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    },
  }
}

function turns(work: string): readonly Turn[] {
  return [
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
  ]
}

/** Gemini CLI, `gemini -p`. Without a model it first asks a small one which to take, with a schema for the answer. */
export const geminiCli: Agent = {
  name: 'Gemini CLI',
  complaint,
  prepare: (sandbox, gateway, said) => prepared(sandbox, gateway, { said }),
  turns,
}

/** The same as the documentation has it, with a model of the gateway. */
export const geminiCliAsDocumented: Agent = {
  name: 'Gemini CLI',
  complaint,
  prepare: (sandbox, gateway, said) =>
    prepared(sandbox, gateway, { said, args: ['--model', listedModel] }),
  turns,
}
