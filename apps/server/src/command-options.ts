import type { CommandOptions } from '@jackfield/feature-commands'
import type { ServerConfig } from './config/schema.ts'

/** How in-chat commands are treated, from the server's configuration. */
export function commandOptions(config: ServerConfig): CommandOptions {
  const isStripped = config.disable_interactive_commands && config.commands === 'execute'
  return {
    mode: isStripped ? 'strip' : config.commands,
    prefix: config.command_prefix,
    strict: config.strict_command_detection,
  }
}
