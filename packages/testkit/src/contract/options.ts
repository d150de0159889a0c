import type { BackendConfig, BackendPlugin, NamedSecret } from '@jackfield/core'
import { startAnthropicFake } from '../fake/anthropic-messages.ts'
import type { FakeServer } from '../fake/fake-server.ts'
import { startGeminiFake } from '../fake/gemini.ts'
import { startOpenAIChatFake } from '../fake/openai-chat.ts'
import type { RecordedRequest } from '../fake/recorded-request.ts'
import type { ScriptStep, Steps } from '../fake/script.ts'
import type { KeyBehaviour } from '../fake/strict/keys.ts'
import type { FaultDialect } from '../faults/fault.ts'
import { type BackendCapabilities, type Capabilities, resolveCapabilities } from './capabilities.ts'
import { type Lane, lanesOf } from './lanes.ts'
import { anthropicProvider } from './wire/anthropic-provider.ts'
import { geminiProvider } from './wire/gemini-provider.ts'
import { openAIProvider } from './wire/openai-provider.ts'
import type { ProviderWire } from './wire/provider-wire.ts'

/** What the options of a backend under test are made of. */
export interface FakeAddress {
  /** Base URL of the fake provider, its path included. */
  readonly url: string
  /** Keys that it knows, as a configuration gives them; none for backends without keys. */
  readonly keys: readonly NamedSecret[]
}

/** A running fake provider of any protocol. */
export interface ProviderFake {
  readonly server: FakeServer
  /** Base URL to configure, its path included. */
  readonly baseUrl: string
  /** Changes how a key is treated from now on. */
  setKey(key: string, behaviour: KeyBehaviour): void
  close(): Promise<void>
}

/** What a fake provider is started with. Pass all of it on. */
export interface FakeSetup {
  readonly keys: Readonly<Record<string, KeyBehaviour>>
  readonly play?: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
}

/** A real answer of the provider. The recordings of this form in a backend's `test/fixtures` can be given as they are. */
export interface ProviderFixture {
  /** What it is called in results. */
  readonly name: string
  readonly stream: boolean
  /** Exactly as it came. */
  readonly responseBody: string
  /** Default: 200. */
  readonly status?: number
  /** Default: what the protocol uses. */
  readonly contentType?: string | null
}

/** How a backend is held to the contract. */
export interface DescribeBackendOptions<Options = unknown> {
  /** Options of the plugin, or how to make them for a fake provider. */
  readonly options: Options | ((fake: FakeAddress) => Options)
  /** Starts the fake provider. Default: a strict one of the protocol. */
  readonly fake?: (setup: FakeSetup) => Promise<ProviderFake>
  /** The protocol of the provider. Default: `openai-chat`. */
  readonly dialect?: FaultDialect
  /** A model that the fake provider knows. Default: `fake-chat`. */
  readonly model?: string
  readonly capabilities?: BackendCapabilities
  /** Further backends of the gateway, for one that calls others. The one under test is called `contract`. */
  readonly beside?: readonly BackendConfig[]
  /** Recorded answers of the real provider: each must be understood, however it is cut. */
  readonly fixtures?: readonly ProviderFixture[]
  /** Cuts answers at every byte instead of at a sample of places. Default: whether the variable `JACKFIELD_TEST_LONG` is `1`. */
  readonly thorough?: boolean
  /**
   * URL of the plugin's module (`new URL('../src/index.ts', import.meta.url)`). It is imported in a thread of its own, to show that nothing
   * happens at import. Without it there is no such check.
   */
  readonly entry?: URL | string
  /** Fewer checks than this are a failure. Default: a floor that fits the capabilities. */
  readonly minChecks?: number
}

/** A backend and all that the checks must know of it, every choice made. */
export interface Subject {
  readonly plugin: BackendPlugin
  readonly capabilities: Capabilities
  readonly wire: ProviderWire
  readonly lanes: readonly Lane[]
  readonly beside: readonly BackendConfig[]
  readonly model: string
  readonly fixtures: readonly ProviderFixture[]
  readonly thorough: boolean
  readonly entry: string | undefined
  readonly startFake: (setup: FakeSetup) => Promise<ProviderFake>
  readonly optionsFor: (fake: FakeAddress) => unknown
}

/** How the providers of one protocol are spoken and played. */
interface Protocol {
  readonly wire: ProviderWire
  readonly startFake: Subject['startFake']
}

const protocols: Partial<Record<FaultDialect, Protocol>> = {
  'openai-chat': { wire: openAIProvider, startFake: startOpenAIChatFake },
  gemini: { wire: geminiProvider, startFake: startGeminiFake },
  'anthropic-messages': { wire: anthropicProvider, startFake: startAnthropicFake },
}

/** Fills in what the options leave open. Throws for a protocol that the checks cannot speak yet. */
export function subjectOf<Options>(
  plugin: BackendPlugin<Options>,
  options: DescribeBackendOptions<Options>,
): Subject {
  const { dialect = 'openai-chat', entry } = options
  const protocol = protocols[dialect]
  if (protocol === undefined) throw new Error(`there are no contract checks for ${dialect} yet`)
  const { wire } = protocol
  const capabilities = resolveCapabilities(options.capabilities)
  return {
    plugin,
    capabilities,
    wire,
    lanes: lanesOf(capabilities, wire),
    beside: options.beside ?? [],
    model: options.model ?? 'fake-chat',
    fixtures: options.fixtures ?? [],
    thorough: options.thorough ?? process.env['JACKFIELD_TEST_LONG'] === '1',
    entry: entry === undefined ? undefined : String(entry),
    startFake: options.fake ?? protocol.startFake,
    optionsFor: makerOf(options.options),
  }
}

function makerOf<Options>(
  options: Options | ((fake: FakeAddress) => Options),
): (fake: FakeAddress) => unknown {
  if (typeof options !== 'function') return () => options
  return options as (fake: FakeAddress) => unknown
}
