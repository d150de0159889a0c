import type { CallParameters } from '@jackfield/core'
import { backend, model, oneOff } from './choose-route.ts'
import type { Command } from './command.ts'
import { failoverCommands } from './failover-routes.ts'
import { hello, help } from './help.ts'
import { presetCommand, set, temperature, unset } from './settings.ts'

/** What the presets for reasoning set. */
export const defaultPresets: Readonly<Record<string, CallParameters>> = {
  max: { reasoningEffort: 'high' },
  medium: { reasoningEffort: 'medium' },
  low: { reasoningEffort: 'low' },
  'no-think': { reasoningEffort: 'none' },
}

/** Every command, in the order in which `help` lists them. */
export const allCommands: readonly Command[] = [
  backend,
  model,
  oneOff,
  set,
  unset,
  temperature,
  presetCommand('max'),
  presetCommand('medium'),
  presetCommand('low'),
  presetCommand('no-think', [
    'no-thinking',
    'no-reasoning',
    'disable-thinking',
    'disable-reasoning',
  ]),
  ...failoverCommands,
  help,
  hello,
]
