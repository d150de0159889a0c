/** What each setting takes, by its name. */
export const settingMeanings: Readonly<Record<string, string>> = {
  backend: 'the name of a backend | where later requests go; the model stays',
  model: 'a model, or any [selector](selectors.md) | the model of later requests',
  temperature: '0 to 2 | sampling temperature',
  'top-p': '0 to 1 | nucleus sampling',
  'top-k': 'a whole number from 1 on | sampling among so many tokens',
  'max-output-tokens': 'a whole number from 1 on | longest answer',
  'reasoning-effort':
    '`none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max` (also `maximum`) | how hard the model thinks',
  verbosity: '`low`, `medium`, `high` | how long the answer is',
  'command-prefix': '2 to 10 signs | what stands before commands in this session',
}

/** Names of the commands that set how hard models think. */
export const presetNames = ['max', 'medium', 'low', 'no-think'] as const

/** Messages, each with the rule that it shows. `!/temperature(0.5)` is the command in all of them, so that one can see what became of it. */
export const matching: readonly (readonly [message: string, rule: string])[] = [
  ['!/temperature(0.5)', 'alone'],
  ['  !/temperature( 0.5 )  ', 'spaces around it and in it mean nothing'],
  ['!/Temperature(value=0.5)', 'names in any case; the value with its name or without'],
  ['!/temperature(0.5) Hello', 'before the first word'],
  ['Hello !/temperature(0.5)', 'behind the last word, after white space'],
  ['Hello\n!/temperature(0.5)\nand so on', 'on a line of its own, anywhere'],
  ['!/low !/temperature(0.5) Hello', 'several, in their order'],
  ['Write !/temperature(0.5) in a chat', 'between words of one line'],
  ['Hello!/temperature(0.5)', 'without white space before it'],
  ['"!/temperature(0.5)"', 'in quotation marks'],
  ['Look:\n```\n!/temperature(0.5)\n```', 'in fenced code'],
  ['Look:\n\n    !/temperature(0.5)', 'in indented code below words'],
  ['Look:\n> !/temperature(0.5)', 'in a quotation'],
  ['<file>\n!/temperature(0.5)\n</file>\nHello', 'in what an agent adds between tags'],
  ['<task>\n!/temperature(0.5) Hello\n</task>', 'in a tag in which agents put what a person wrote'],
  ['!/temperature 0.5', 'a value without parentheses, before the first word'],
  ['!/temperature(0.5', 'a parenthesis that is not closed on its line'],
  ['!/temprature(0.5)', 'a name that is none, alone on its line'],
  ['Look at !/bin/sh', 'a path'],
]
