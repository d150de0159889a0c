import type { BackendPlugin, BackendRank, NamedSecret, PoolDefaults } from '@jackfield/core'
import type { BackendAuth, InstalledBackend, UnusablePackage } from '../installed-backends.ts'
import type { IncompatiblePlugin } from '../load-plugins.ts'

/** Where the server finds backends and gets their code. */
export interface BackendPackages {
  /** The backends among the direct dependencies, in order. */
  readonly installed: readonly InstalledBackend[]
  /** One package by name, direct dependency or not. */
  find(packageName: string): InstalledBackend | UnusablePackage | undefined
  /** Runs the package's code and checks what it exports. Never rejects. */
  load(backend: InstalledBackend): Promise<BackendPlugin | IncompatiblePlugin>
}

/** A backend that is enabled, with everything that is needed to create it. */
export interface ConfiguredBackend {
  readonly name: string
  readonly type: string
  readonly packageName: string
  readonly auth: BackendAuth
  /** It only calls others: nothing is sent to it that does not name it. */
  readonly isVirtual: boolean
  readonly plugin: BackendPlugin
  /** Validated and complete, durations in milliseconds, secrets named; frozen. */
  readonly options: unknown
  readonly pool: Partial<PoolDefaults>
  /** Among backends that list the same model. */
  readonly rank: BackendRank
  /** Where each of its keys came from, in their order. */
  readonly keySources: readonly KeySource[]
}

/** The name of a key and where it was given; never the key. */
export interface KeySource {
  readonly name: NamedSecret['name']
  /** `environment INTERNAI_API_KEY_1`, `config/config.yaml:4:14`. */
  readonly source: string
}

/** A backend that is configured and cannot serve. */
export interface DisabledBackend {
  readonly name: string
  readonly type: string
  /** What is missing. */
  readonly reason: string
}
