import {
  type Call,
  type ConversationSpans,
  GatewayError,
  isGatewayError,
  type Logger,
  type Stage,
  type StageContext,
  type StageFactory,
  type StageReply,
} from '@jackfield/core'
import { applySession } from './apply-session.ts'
import { allCommands, defaultPresets } from './commands/all-commands.ts'
import { withBackends } from './commands/choose-route.ts'
import type { CommandContext } from './commands/command.ts'
import { findCommand, nearNames } from './commands/find-command.ts'
import { isPrefix } from './commands/settings.ts'
import { mayContain } from './conversation/byte-search.ts'
import { cutConversation } from './conversation/cut-conversation.ts'
import {
  hasCommands,
  isOnlyCommands,
  type ReadMessage,
  readConversation,
} from './conversation/read-conversation.ts'
import { refusal } from './conversation/refusal.ts'
import { describeMistakes, type Execution, executeCommands } from './execute-commands.ts'
import type { CommandOptions, CommandSettings } from './options.ts'
import { emptyState, type SessionState, without } from './session/session-state.ts'
import { SessionStore, type StoredSession } from './session/session-store.ts'
import type { CommandRules, NameKind } from './text/find-commands.ts'
import type { WrittenCommand } from './text/read-command.ts'

const switchedOff = 'Commands are switched off at this gateway.'
const cannotAnswer =
  'The gateway cannot answer a command in the form that this request demands. Nothing was executed.'
const storeFailed = 'The session cannot be read at the moment. Try again.'

/**
 * In-chat commands as a step of a gateway: `!/backend(x)`, `!/model(m)`, `!/oneoff(b:m)` and more in what a person writes. A message that
 * is nothing but commands is answered here; commands beside a prompt are cut out of it. No command, and no answer to one, reaches a
 * provider, also when a client resends them. `options` may be a function that tells the present ones. Throws `config_invalid` for a
 * prefix that cannot be one.
 */
export function createCommands(
  options: CommandOptions | (() => CommandOptions) = {},
): StageFactory {
  const current = typeof options === 'function' ? options : () => options
  settingsOf(current())
  return (context) => new CommandStage(context, () => settingsOf(current()))
}

function settingsOf({
  prefix = '!/',
  mode = 'execute',
  strict = false,
  presets = {},
}: CommandOptions) {
  if (!isPrefix(prefix)) {
    throw new GatewayError('config_invalid', `"${prefix}" cannot stand before commands.`)
  }
  return { prefix, mode, strict, presets: { ...defaultPresets, ...presets } }
}

/** A conversation in which commands stand. */
interface Found {
  readonly bytes: Buffer
  readonly spans: ConversationSpans
  readonly read: readonly ReadMessage[]
  /** The message that was written last, if commands stand in it. */
  readonly last: ReadMessage | undefined
}

class CommandStage implements Stage {
  readonly name = 'commands'
  readonly #context: StageContext
  readonly #settings: () => CommandSettings
  readonly #sessions: SessionStore
  readonly #log: Logger

  constructor(context: StageContext, settings: () => CommandSettings) {
    this.#context = context
    this.#settings = settings
    this.#sessions = new SessionStore(context.store(this.name), () => context.clock.now())
    this.#log = context.log
  }

  request(call: Call): undefined | Promise<StageReply | undefined> {
    const settings = this.#settings()
    if (settings.mode === 'off' || call.body === undefined || !isConversation(call))
      return undefined
    return this.#steer(call, settings)
  }

  async #steer(call: Call, settings: CommandSettings): Promise<StageReply | undefined> {
    const session = settings.mode === 'execute' ? await this.#read(call) : emptyState
    const state = session ?? emptyState
    const found = find(call, settings, state)
    if (found?.last !== undefined && call.operation === 'chat') {
      if (isOnlyCommands(found.last)) requireFreeForm(call, cannotAnswer)
      const reply =
        session === undefined
          ? refused(call, found.last, storeFailed)
          : await this.#answer(call, { settings, state, last: found.last })
      if (reply !== undefined) return reply
    } else if (settings.mode === 'execute') {
      applySession(call, await this.#take(call, state), this.#context.routing)
    }
    if (found !== undefined) cut(call, found)
    return undefined
  }

  /** Does what the last message says. Returns the answer where it is not to be sent to a model. */
  async #answer(
    call: Call,
    options: {
      readonly settings: CommandSettings
      readonly state: SessionState
      readonly last: ReadMessage
    },
  ): Promise<StageReply | undefined> {
    const { settings, last } = options
    const isWhole = isOnlyCommands(last)
    if (settings.mode === 'strip') return isWhole ? says(switchedOff) : undefined
    const prefix = options.state.prefix ?? settings.prefix
    const mistakes = mistakesOf(last, isWhole)
    if (mistakes.length > 0) return refused(call, last, describeMistakes(mistakes, prefix))
    const commands = last.texts.flatMap(({ findings }) => findings.commands)
    const execution = await this.#execute(call, commands, { ...options, takesOneOff: !isWhole })
    if ('failed' in execution) return refused(call, last, execution.failed)
    call.annotate('x-jackfield-command', commands.map(({ name }) => name).join(', '))
    if (isWhole) return says(execution.texts.join('\n'))
    applySession(call, execution.used, this.#context.routing)
    return undefined
  }

  /** Runs commands on what the session is at this moment. `used`: what holds for this call, the one-off route included. */
  async #execute(
    call: Call,
    commands: readonly WrittenCommand[],
    {
      settings,
      takesOneOff,
    }: { readonly settings: CommandSettings; readonly takesOneOff: boolean },
  ): Promise<Execution & { readonly used: SessionState }> {
    let execution: Execution = { failed: '' }
    let used = emptyState
    const change = async (state: SessionState) => {
      execution = await executeCommands(commands, this.#commandContext(call, state, settings))
      if ('failed' in execution) return state
      used = execution.state
      return takesOneOff ? this.#spent(used) : used
    }
    try {
      if (call.isDryRun) await change((await this.#sessions.read(call.session)).state)
      else await this.#sessions.update(call.session, change)
    } catch (error) {
      this.#log.warn({ callId: call.id, err: error }, 'session cannot be changed')
      return { failed: isGatewayError(error) ? error.message : storeFailed, used }
    }
    return { ...execution, used }
  }

  /** The state behind a call that has used its one-off route. */
  #spent(state: SessionState): SessionState {
    return state.oneOff === undefined
      ? state
      : withBackends(without(state, 'oneOff'), this.#context)
  }

  #commandContext(
    { principal, session }: Call,
    state: SessionState,
    { prefix, presets }: CommandSettings,
  ): Omit<CommandContext, 'commands'> {
    const { routing } = this.#context
    return { state, principal, session, routing, prefix: state.prefix ?? prefix, presets }
  }

  /** What the session has set; `undefined` where the store cannot say it. */
  async #read(call: Call): Promise<SessionState | undefined> {
    try {
      const stored = await this.#sessions.read(call.session)
      if (!call.isDryRun) await this.#renew(call, stored)
      return stored.state
    } catch (error) {
      this.#log.warn({ callId: call.id, err: error }, 'session cannot be read')
      return undefined
    }
  }

  async #renew(call: Call, stored: StoredSession): Promise<void> {
    try {
      await this.#sessions.renew(call.session, stored)
    } catch (error) {
      this.#log.warn({ callId: call.id, err: error }, 'session cannot be renewed')
    }
  }

  /** The state for one call. A one-off route is used up by the first that asks a model. */
  async #take(call: Call, state: SessionState): Promise<SessionState> {
    if (state.oneOff === undefined) return state
    if (call.operation !== 'chat') return this.#spent(state)
    if (call.isDryRun) return state
    let used = state
    try {
      await this.#sessions.update(call.session, (present) => {
        used = present
        return this.#spent(present)
      })
    } catch (error) {
      this.#log.warn({ callId: call.id, err: error }, 'session cannot be changed')
    }
    return used
  }
}

/** What stands before commands, in old messages too. */
function prefixesOf({ prefix }: CommandSettings, { prefixes }: SessionState): readonly string[] {
  return prefixes.length === 0 ? [prefix] : [...new Set([prefix, ...prefixes])]
}

function rulesOf({ strict }: CommandSettings, prefixes: readonly string[]): CommandRules {
  const kindOf = (name: string): NameKind => {
    const command = findCommand(name, allCommands)
    if (command === undefined) return 'unknown'
    return command.takesValue === true ? 'value' : 'plain'
  }
  return {
    prefixes: prefixes.toSorted((one, other) => other.length - one.length),
    isStrict: strict,
    kindOf,
    nearKindOf(name) {
      const [near] = nearNames(name, allCommands)
      return near === undefined ? 'unknown' : kindOf(near)
    },
  }
}

/** Whether a call tells a model, or a provider who is to count or to compact it, what people said. */
function isConversation({ operation, input, head, body }: Call): boolean {
  if (operation === 'chat' || operation === 'count-tokens') return true
  if (operation !== 'opaque' || body === undefined || head.document === undefined) return false
  try {
    return input.dialect.spans(body, head, { through: 'user' }).messages.length > 0
  } catch {
    return false
  }
}

/** The conversation of a call, if commands stand in it. */
function find(call: Call, settings: CommandSettings, state: SessionState): Found | undefined {
  const { body, input, head } = call
  if (body === undefined) return undefined
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const prefixes = prefixesOf(settings, state)
  if (!prefixes.some((prefix) => mayContain(bytes, prefix))) return undefined
  const spans = input.dialect.spans(body, head)
  const read = readConversation(bytes, spans, rulesOf(settings, prefixes))
  if (!read.some(hasCommands)) return undefined
  const end = spans.messages.findLastIndex(({ role }) => role !== 'system' && role !== 'developer')
  const last = read.find((message) => message.at === end && hasCommands(message))
  return { bytes, spans, read, last }
}

/** Takes all commands, and the answers to them, out of what a model hears. */
function cut(call: Call, { bytes, spans, read }: Found): void {
  const { edits, hasMessages } = cutConversation(bytes, spans, read)
  if (!hasMessages) throw nothingLeft(call)
  for (const edit of edits) call.edit(edit)
}

function nothingLeft({ operation }: Call): GatewayError {
  // The gateway estimates counts that no provider can be asked for.
  const code = operation === 'count-tokens' ? 'unsupported_capability' : 'invalid_request'
  return new GatewayError(
    code,
    'The conversation has nothing but commands in it. Write a prompt too.',
  )
}

function mistakesOf({ texts }: ReadMessage, isWhole: boolean) {
  return texts.flatMap(({ findings }) => [
    ...findings.mistakes,
    ...(isWhole ? findings.doubtful : []),
  ])
}

/** The answer to a message that goes to no model although it may hold more than commands. */
function refused(call: Call, message: ReadMessage, reason: string): StageReply {
  const text = isOnlyCommands(message) ? reason : refusal(reason)
  requireFreeForm(call, text)
  return says(text)
}

/** Throws where the answer must have a form, such as a JSON Schema: a program waits for it, and would ask again and again. */
function requireFreeForm(call: Call, reason: string): void {
  if (demandsForm(call)) throw new GatewayError('invalid_request', reason)
}

function demandsForm({ input, head, body }: Call): boolean {
  if (body === undefined) return false
  try {
    return (input.dialect.chat.decodeRequest(body, head).output?.type ?? 'text') !== 'text'
  } catch {
    // What is wrong with the request a model may say; a command needs nothing of it.
    return false
  }
}

function says(text: string): StageReply {
  return { content: [{ type: 'text', text }] }
}
