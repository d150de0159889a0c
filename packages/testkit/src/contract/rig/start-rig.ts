import {
  type BackendContext,
  type CallLimits,
  createGateway,
  createMemoryStateStore,
  defaultNetwork,
  type Gateway,
  type NamedSecret,
  type NetworkDefaults,
  type PoolDefaults,
  Secret,
  type Timeouts,
} from '@jackfield/core'
import type { KeyBehaviour } from '../../fake/strict/keys.ts'
import type { FakeSetup, ProviderFake, Subject } from '../options.ts'
import { RecordingLog } from './recording-log.ts'
import { backendName, Rig, type RigParts } from './rig.ts'
import { Spy } from './spy.ts'
import { createTestClock } from './test-clock.ts'

/** How a rig differs from the usual one: one key, one try per call, real limits. */
export interface RigSetup {
  /** How the provider treats each key. Default: one good key. */
  readonly keys?: readonly KeyBehaviour[]
  readonly limits?: Partial<CallLimits>
  readonly timeouts?: Partial<Timeouts>
  readonly network?: Partial<Omit<NetworkDefaults, 'timeouts'>>
  readonly pool?: Partial<PoolDefaults>
  /** The base URL that is configured. Default: the fake's. */
  readonly url?: (fake: ProviderFake) => string
  readonly play?: FakeSetup['play']
  /** Changes the plugin's options. */
  readonly options?: (options: unknown) => unknown
}

/** A try is an attempt, so that what happens is the backend's doing and not the host's. */
const oneTry: Partial<CallLimits> = { maxTries: 1, maxWaitMs: 0, holdMs: 0 }

/** Sets up a rig. The caller disposes it. */
export async function startRig(subject: Subject, setup: RigSetup = {}): Promise<Rig> {
  const keys = keysOf(setup.keys ?? ['ok'])
  const treated = keys.map(({ value }, at) => [value.reveal(), setup.keys?.[at] ?? 'ok'] as const)
  const fake = await subject.startFake({
    keys: Object.fromEntries(treated),
    ...(setup.play === undefined ? {} : { play: setup.play }),
  })
  const spy = new Spy()
  const log = new RecordingLog()
  const clock = createTestClock()
  try {
    const gateway = await makeGateway({ subject, fake, keys, spy, log, clock }, setup)
    return new Rig({ subject, fake, gateway, spy, log, clock, keys })
  } catch (error) {
    await fake.close()
    throw error
  }
}

function makeGateway(
  { subject, fake, keys, spy, log, clock }: Omit<RigParts, 'gateway'>,
  setup: RigSetup,
): Promise<Gateway> {
  const plain = subject.optionsFor({ url: setup.url?.(fake) ?? fake.baseUrl, keys })
  const options = setup.options?.(plain) ?? plain
  return createGateway({
    config: {
      backends: [
        {
          name: backendName,
          plugin: spy.watch(subject.plugin),
          options,
          ...(setup.pool === undefined ? {} : { pool: setup.pool }),
        },
        ...subject.beside,
      ],
      limits: { ...oneTry, ...setup.limits },
      network: { ...setup.network, timeouts: { ...defaultNetwork.timeouts, ...setup.timeouts } },
    },
    clock,
    log,
    random: () => 0.5,
  })
}

/** Keys that look like keys: one with a known prefix, the others without. */
export function keysOf(treatment: readonly unknown[]): readonly NamedSecret[] {
  return treatment.map((_, at) => ({
    name: `CONTRACT_KEY_${at + 1}`,
    value: new Secret(at === 0 ? 'sk-contract9f8e7d6c5b4a39281706' : `Cq7Zr2Xw9Lm4Tn8Vb3Kd6${at}`),
  }))
}

/** What a gateway gives to a backend, for checks that create one by hand. */
export function contextFor(parts: Partial<BackendContext> = {}): BackendContext {
  const clock = createTestClock()
  return {
    name: backendName,
    log: new RecordingLog(),
    clock,
    random: () => 0.5,
    state: createMemoryStateStore({ clock }),
    userAgent: 'jackfield/contract',
    network: defaultNetwork,
    ...parts,
  }
}
