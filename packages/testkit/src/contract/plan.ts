import type { Check, Theme } from './check.ts'
import { abort } from './checks/abort.ts'
import { addresses } from './checks/addresses.ts'
import { answers } from './checks/answers.ts'
import { backPressure } from './checks/back-pressure.ts'
import { boundaries } from './checks/boundaries.ts'
import { concurrency } from './checks/concurrency.ts'
import { create } from './checks/create.ts'
import { entry } from './checks/entry.ts'
import { errors } from './checks/errors.ts'
import { faults } from './checks/faults.ts'
import { fixtures } from './checks/fixtures.ts'
import { headers } from './checks/headers.ts'
import { keys } from './checks/keys.ts'
import { lifecycle } from './checks/lifecycle.ts'
import { logs } from './checks/logs.ts'
import { models } from './checks/models.ts'
import { operations } from './checks/operations.ts'
import { optionsSchema } from './checks/options-schema.ts'
import { plugin } from './checks/plugin.ts'
import { probe } from './checks/probe.ts'
import { requests } from './checks/requests.ts'
import { retryHints } from './checks/retry-hints.ts'
import { secrets } from './checks/secrets.ts'
import { sockets } from './checks/sockets.ts'
import { streams } from './checks/streams.ts'
import { tolerance } from './checks/tolerance.ts'
import { uploads } from './checks/uploads.ts'
import { usage } from './checks/usage.ts'
import { virtual } from './checks/virtual.ts'
import type { Subject } from './options.ts'

const themes: readonly Theme[] = [
  plugin,
  optionsSchema,
  entry,
  create,
  requests,
  headers,
  answers,
  streams,
  boundaries,
  tolerance,
  fixtures,
  operations,
  uploads,
  usage,
  faults,
  errors,
  retryHints,
  secrets,
  logs,
  keys,
  models,
  probe,
  addresses,
  abort,
  sockets,
  backPressure,
  concurrency,
  virtual,
  lifecycle,
]

/** The checks that make sense for a subject, in the order in which they are run. */
export function planOf(subject: Subject): readonly Check[] {
  return themes.flatMap((theme) => theme(subject))
}
