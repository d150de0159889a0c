import Type from 'typebox'
import { choice } from './schema-parts.ts'

/** Settings of in-chat commands. */
export const commandSettings = {
  commands: choice(['execute', 'strip', 'off'], {
    default: 'execute',
    description:
      'Commands in the chat such as `!/model(x)`. `execute`: they do what they say. `strip`: they are taken out of the text and do nothing. `off`: they are text like any other.',
  }),
  command_prefix: Type.String({
    default: '!/',
    pattern: '^[!#-&*+,./:;=?@[\\]^_{|}~-]{2,10}$',
    expects: '2 to 10 signs without letters, digits, spaces, quotes and parentheses',
    flag: ['command-prefix'],
    environment: ['COMMAND_PREFIX'],
    description: 'What stands before a command in the chat.',
  }),
  strict_command_detection: Type.Boolean({
    default: false,
    flag: ['strict-command-detection'],
    environment: ['STRICT_COMMAND_DETECTION'],
    description: 'Only what stands before the first word of a message is a command.',
  }),
  disable_interactive_commands: Type.Boolean({
    default: false,
    flag: ['disable-interactive-commands'],
    environment: ['DISABLE_INTERACTIVE_COMMANDS'],
    alias: ['session.disable_interactive_commands'],
    description: 'Takes commands out of the chat without executing them: `commands: strip`.',
  }),
} as const
