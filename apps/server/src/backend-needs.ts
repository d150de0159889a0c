import type { InstalledBackend } from './installed-backends.ts'

/** What enables an installed backend, in words. */
export function describeNeeds({ auth, variables }: InstalledBackend): string {
  if (auth === 'none') return 'nothing'
  if (auth === 'oauth') return 'a local login, and an entry in the configuration'
  return variables.api_keys === undefined ? 'an entry in the configuration' : variables.api_keys
}
