import { createCollector } from '../config/collector.ts'
import { clientKeyVariable, variableValue } from '../config/environment.ts'
import { readFlags } from '../config/flags.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { urlHost } from '../listen.ts'
import type { Program } from '../program.ts'
import type { CommandArguments } from '../run.ts'
import { askForExplanation } from './ask-for-explanation.ts'
import { requestToExplain, UsageError } from './explained-request.ts'
import { explanationText } from './explanation-text.ts'

/** `EX_USAGE` and `EX_UNAVAILABLE` of `sysexits.h`. */
const exits = { usage: 64, unavailable: 69 } as const

/** Asks the running gateway where a request would go, and prints it. Resolves to 0 where it would be served. */
export async function explain(program: Program, own: CommandArguments): Promise<number> {
  try {
    const body = await requestToExplain(program, own)
    const gateway = await findGateway(program, own.flags)
    const answer = await askForExplanation(body, gateway)
    if ('unavailable' in answer) {
      program.complain(`${answer.unavailable} Start one with "${program.name} serve".`)
      return exits.unavailable
    }
    if ('refused' in answer) {
      program.complain(answer.refused)
      return 1
    }
    const { document } = answer
    const asJson = own.flags.has('--json')
    program.print(asJson ? JSON.stringify(document, null, 2) : explanationText(document))
    return document.error === undefined ? 0 : 1
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    program.complain(error.message)
    return exits.usage
  }
}

/** A gateway to ask, and who asks. */
interface FoundGateway {
  readonly url: string
  readonly key?: string
}

/** The gateway that is named, else the one of the configuration; only that one is told a key of the configuration. */
async function findGateway(
  program: Program,
  flags: CommandArguments['flags'],
): Promise<FoundGateway> {
  const key = flags.get('--key') ?? variableValue(program.env, clientKeyVariable)
  const named = flags.get('--url')
  if (named !== undefined) {
    refuseUnknownFlags(program.argv)
    return { url: checkedUrl(named), ...(key === undefined ? {} : { key }) }
  }
  const { config } = await loadConfig(program)
  const own = key ?? keyOf(config)
  return { url: urlOf(config), ...(own === undefined ? {} : { key: own }) }
}

/** Where no configuration is read, nobody else looks at the other flags. */
function refuseUnknownFlags(argv: readonly string[]): void {
  const { shaping, problems } = createCollector()
  readFlags(argv, shaping)
  if (problems.length > 0) throw new ConfigError(problems)
}

function checkedUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '')
  throw new UsageError('--url needs an address such as http://127.0.0.1:8000.')
}

function urlOf({ host, port }: LoadedConfig['config']): string {
  if (port !== 0) return `http://${urlHost(host)}:${port}`
  throw new UsageError('The configuration says port 0, which is any: give the address with --url.')
}

/** A key that may use everything, if there is one. */
function keyOf({ api_keys: keys }: LoadedConfig['config']): string | undefined {
  return (keys.find(({ backends }) => backends === undefined) ?? keys[0])?.key.reveal()
}
