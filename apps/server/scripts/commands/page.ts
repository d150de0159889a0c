import type { Explanation, Gateway } from '@jackfield/core'
import {
  allCommands,
  type Command,
  createCommands,
  settingNames,
  transparentTags,
} from '@jackfield/feature-commands'
import { explainModel, openExampleGateway } from '../selectors/world.ts'
import { matching, presetNames, settingMeanings } from './rows.ts'

/** The reference of in-chat commands, from the commands themselves. What becomes of its examples is what a gateway makes of them. */
export async function commandsPage(): Promise<{ readonly path: string; readonly text: string }> {
  const gateway = await openExampleGateway([createCommands()])
  try {
    const text = [
      ...head,
      ...allCommands.map(commandRow),
      '',
      ...settingsHead,
      ...settingRows(),
      '',
      ...presetsHead,
      ...(await presetRows(gateway)),
      '',
      ...matchingHead(),
      ...(await matchingRows(gateway)),
      '',
      ...tail,
    ].join('\n')
    return { path: 'docs/reference/commands.md', text }
  } finally {
    await gateway.close({ graceMs: 0 })
  }
}

function commandRow({ name, aliases = [], description, format, examples }: Command): string {
  const names = [name, ...aliases].map(code).join(', ')
  const shown = examples.map((example) => code(`!/${example}`)).join(' ')
  const formats = format.split(' or ').map((form) => code(`!/${form}`))
  return `| ${names} | ${formats.join(' or ')} | ${description} | ${shown} |`
}

/** Fails for a setting that nobody explains. */
function settingRows(): readonly string[] {
  const named = Object.keys(settingMeanings)
  if (settingNames.join() !== named.join()) throw new Error(`${settingNames} are not ${named}`)
  return Object.entries(settingMeanings).map(([name, meaning]) => `| ${code(name)} | ${meaning} |`)
}

async function presetRows(gateway: Gateway): Promise<readonly string[]> {
  const rows = presetNames.map(async (name) => {
    const { branches } = await explainModel(gateway, 'gpt-4o', `!/${name} Hello`)
    return `| ${code(`!/${name}`)} | ${code(String(branches[0]?.places[0]?.overrides.reasoningEffort))} |`
  })
  return Promise.all(rows)
}

async function matchingRows(gateway: Gateway): Promise<readonly string[]> {
  const rows = matching.map(async ([message, rule]) => {
    const explanation = await explainModel(gateway, 'gpt-4o', message)
    return `| ${lines(message)} | ${rule} | ${outcome(explanation)} |`
  })
  return Promise.all(rows)
}

function outcome({ reply, error, branches }: Explanation): string {
  if (error !== undefined) throw new Error(error.message)
  if (reply !== undefined) return `the gateway answers: ${reply.replaceAll('\n', ' ')}`
  const { temperature } = branches[0]?.places[0]?.overrides ?? {}
  return temperature === undefined ? 'text' : 'a command; the rest is sent'
}

/** A message in a cell of a table. */
function lines(message: string): string {
  return message
    .split('\n')
    .map((line) => (line === '' ? '' : line.includes('`') ? `\`\` ${line} \`\`` : code(line)))
    .join('<br>')
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

const head = [
  '# Commands in the chat',
  '',
  '<!-- Generated from packages/feature-commands and apps/server/scripts/commands by "npm run docs". Do not edit. -->',
  '',
  'A person steers the gateway from any client by what they write: `!/name` or `!/name(values)`. [Steer from the chat](../how-to/chat-commands.md)',
  'shows how. A message that is nothing but commands is answered by the gateway; commands beside a prompt apply to that prompt already. No model is ever told of a',
  'command or of its answer, also when a client resends them. What is set holds for the session; `oneoff` for the next request that a model is asked.',
  '',
  '| command | format | what it does | examples |',
  '|---|---|---|---|',
] as const

const settingsHead = [
  '## Settings',
  '',
  'For `set` and `unset`. Parameters that a session has set stand above those of the request and of selectors, and below those that the operator forces.',
  '',
  '| setting | value | effect |',
  '|---|---|---|',
] as const

const presetsHead = ['## Presets', '', '| command | `reasoning-effort` |', '|---|---|'] as const

function matchingHead(): readonly string[] {
  return [
    '## What is a command',
    '',
    'Only what a person writes: texts of user messages, of which the last message is executed and the older ones are not. What becomes of a message:',
    '',
    '| message | what it shows | what it is |',
    '|---|---|---|',
  ]
}

const tail = [
  '- **Values** are separated by commas. Quotation marks, brackets and a backslash keep a comma from separating: `!/set(model="a,b")`. `-` and `_` in names',
  '  are the same.',
  `- **Tags** in which agents put what a person wrote: ${transparentTags.map((name) => code(name)).join(', ')}. Every other tag at the start of a line begins context`,
  '  that an agent added, up to its closing tag.',
  '- **All or nothing:** if one command of a message cannot be executed, none is, and nothing is sent to a model. The answer says why.',
  '- **Limits:** 50 commands in a message, 2,000 characters between parentheses, 500 in a selector, 20 failover routes per session with 20 elements each. A session',
  '  is forgotten seven days after its last request, and when the process ends.',
  '- **Programs:** in a request that demands its answer in a form (JSON), a command alone and a mistake are refused with 400. Requests that count or compact a',
  '  conversation execute nothing, and go where the session is.',
  '- With **strict detection** only what stands before the first word of a message is a command.',
  '',
] as const
