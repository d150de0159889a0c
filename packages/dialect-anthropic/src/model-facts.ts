/** What one model understands, as far as it decides how a request is written. */
export interface ModelFacts {
  /** How it is asked to think: with a budget of tokens, by effort (`adaptive`), or not at all. */
  readonly thinking: 'budget' | 'adaptive' | 'none'
  /** Whether `temperature`, `top_p` and `top_k` are accepted. */
  readonly sampling: boolean
  /** Whether `temperature` and `top_p` may be sent together. Default `false`: newer models refuse it. */
  readonly bothSamplers?: boolean
  /** Most tokens of one answer, where that is known. */
  readonly maxOutputTokens?: number
  /** Whether `output_config.format` is understood. */
  readonly structuredOutput: boolean
  /** Whether a message may have the role `system`. */
  readonly midSystem: boolean
  /** Words that `output_config.effort` takes, weakest first. Default: low, medium, high, max. */
  readonly efforts?: readonly string[]
}

interface Version {
  readonly family: string
  /** `4.5` as 405, so that versions compare as numbers. */
  readonly number: number
}

const families = ['haiku', 'sonnet', 'opus', 'fable', 'mythos'] as const

/** Servers of other makers that speak this protocol: what Anthropic's own older models understood. */
const unknownModel: ModelFacts = {
  thinking: 'budget',
  sampling: true,
  structuredOutput: false,
  midSystem: false,
}

/** Facts by the names of Anthropic's models (`claude-sonnet-4-5-20250929`, `claude-3-haiku-20240307`), after protocol reference 3.2 to 3.5. */
export function modelFacts(model: string): ModelFacts {
  const version = versionOf(model.toLowerCase())
  if (version === undefined) return unknownModel
  const { number } = version
  const limit = outputLimit(version)
  return {
    thinking: number < 307 ? 'none' : number < 406 ? 'budget' : 'adaptive',
    sampling: number <= 406,
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    structuredOutput: number >= 405 || (version.family === 'opus' && number === 401),
    midSystem: number >= 408,
    ...(number >= 407 ? { efforts: ['low', 'medium', 'high', 'xhigh', 'max'] } : {}),
  }
}

function outputLimit({ family, number }: Version): number | undefined {
  if (number >= 406) return 128_000
  if (number === 405) return 64_000
  if (number >= 400) return family === 'opus' ? 32_000 : 64_000
  if (number === 300) return 4096
  return number < 307 ? 8192 : 64_000
}

/** The numbers before or behind the family's name; a number of more than two digits is a date. */
function versionOf(model: string): Version | undefined {
  const start = model.indexOf('claude-')
  if (start === -1) return undefined
  const words = model.slice(start + 'claude-'.length).split(/[-.@_:]/)
  const family = families.find((name) => words.includes(name))
  const at = family === undefined ? -1 : words.indexOf(family)
  if (family === undefined) return undefined
  const before = numbersIn(words.slice(0, at))
  const numbers = before.length > 0 ? before : numbersIn(words.slice(at + 1))
  const [major, minor = 0] = numbers
  return major === undefined ? undefined : { family, number: major * 100 + minor }
}

function numbersIn(words: readonly string[]): number[] {
  const numbers: number[] = []
  for (const word of words) {
    if (!/^\d{1,2}$/.test(word)) break
    numbers.push(Number(word))
  }
  return numbers
}
