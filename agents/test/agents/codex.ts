import { join } from 'node:path'
import type { Call, Turn } from '../providers/script.ts'
import type { AgentCommand } from '../run-agent.ts'
import { type Agent, clientKey, commands, files, lastWords, listedModel, prompt } from './agent.ts'

const quiet = `
check_for_update_on_startup = false

[features]
plugins = false # else it fetches a list of them

[analytics]
enabled = false

[otel]
exporter = "none"
`

const complaint = /ERROR:|Reconnecting|Falling back/

const commandFor = (said = prompt): Omit<AgentCommand, 'env'> => ({
  script: '@openai/codex/bin/codex.js',
  // What sandboxes it needs is not everywhere.
  args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', said],
})

const patch = `*** Begin Patch
*** Add File: note.txt
+${files['note.txt'].trimEnd()}
*** End Patch
`
const note = { id: 'call_note', tool: 'apply_patch', input: patch }
const count = { id: 'call_count', tool: 'exec_command', input: { cmd: commands.count } }
const all = { id: 'call_all', tool: 'exec_command', input: { cmd: commands.join } }

function lookAt(work: string): Call {
  return { id: 'call_look', tool: 'view_image', input: { path: join(work, 'picture.png') } }
}

function preparedWith(model: string): Agent['prepare'] {
  return async (sandbox, gateway, said) => {
    await sandbox.configure(
      '.codex/config.toml',
      `model = "${model}"
model_provider = "jackfield"
${quiet}
[model_providers.jackfield]
name = "Jackfield"
base_url = "${gateway}/v1"
wire_api = "responses"
env_key = "JACKFIELD_KEY"
`,
    )
    return { ...commandFor(said), env: { JACKFIELD_KEY: clientKey } }
  }
}

function turns(work: string, first: Call): readonly Turn[] {
  return [
    {
      thought: 'Two files first; they do not depend on each other.',
      text: 'I write both files.',
      afterthought: 'At once.',
      calls: [first, count],
    },
    { thought: 'Now both into one, and the picture.', calls: [all, lookAt(work)] },
    { text: lastWords },
  ]
}

/** Codex, `codex exec`, with a model that it knows: it gives that a tool without a schema. */
export const codex: Agent = {
  name: 'Codex',
  complaint,
  prepare: preparedWith('gpt-5.5'),
  turns: (work) => turns(work, note),
}

/** The same as the documentation has it, with a model of the gateway: all tools have a schema. */
export const codexAsDocumented: Agent = {
  name: 'Codex',
  complaint,
  prepare: preparedWith(listedModel),
  turns: (work) => turns(work, { ...note, tool: 'exec_command', input: { cmd: commands.note } }),
}

/** A call of the tool in which the newest models write programs that call the others. */
function program(id: string, code: string): Call {
  return { id, tool: 'exec', input: `text(${code})\n` }
}

function seeing({ id, input }: Call): Call {
  return { id, tool: 'exec', input: `image(await tools.view_image(${JSON.stringify(input)}))\n` }
}

/**
 * Codex that takes the gateway for OpenAI: it tries a WebSocket first, and describes its items to OpenAI. With its newest models,
 * the tools stand in an item of the conversation, in namespaces; there is one that takes programs, and no parallel calls.
 */
export const codexAsOpenAI: Agent = {
  name: 'Codex with the gateway as OpenAI',
  complaint,
  async prepare(sandbox, gateway, said) {
    await sandbox.configure(
      '.codex/config.toml',
      `model = "gpt-6.1-sol"
openai_base_url = "${gateway}/v1"
${quiet}`,
    )
    return { ...commandFor(said), env: { CODEX_API_KEY: clientKey } }
  },
  turns: (work) => [
    {
      thought: 'One file first.',
      text: 'I write the note.',
      calls: [program(note.id, `await tools.apply_patch(${JSON.stringify(note.input)})`)],
    },
    {
      thought: 'Then the other.',
      calls: [program(count.id, `await tools.exec_command(${JSON.stringify(count.input)})`)],
    },
    { calls: [program(all.id, `await tools.exec_command(${JSON.stringify(all.input)})`)] },
    { calls: [seeing(lookAt(work))] },
    { text: lastWords },
  ],
}
