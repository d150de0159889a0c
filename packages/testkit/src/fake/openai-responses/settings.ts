import type { FakeModels } from '../openai/models.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import type { Handler, ScriptStep, Steps } from '../script.ts'
import type { KeyBehaviour, KeyPlace } from '../strict/keys.ts'
import type { ProviderProblem } from '../strict/refusal.ts'
import type { JsonObject, Rule } from '../strict/rule.ts'
import type { ResponsesAnswer } from './answer.ts'
import type { Memory } from './memory.ts'
import type { ResponsesStreamStyle } from './stream.ts'

/** A fake Responses provider, every choice made. */
export interface ResponsesSettings {
  readonly basePath: string
  readonly keys: ReadonlyMap<string, KeyBehaviour>
  readonly keyPlace: KeyPlace
  readonly models: FakeModels
  readonly off: ReadonlySet<string>
  readonly extraRules: Readonly<Record<string, Rule>>
  readonly answer: (request: JsonObject, conversation: readonly JsonObject[]) => ResponsesAnswer
  readonly style: ResponsesStreamStyle
  readonly play: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  readonly renderError: (problem: ProviderProblem) => unknown
  readonly routes: Readonly<Record<string, Handler>>
  readonly backgroundPolls: number
  /** The memory of the organisation that a key belongs to. */
  readonly memoryOf: (key: string | undefined) => Memory
  /** Serves every path that is not of this protocol. */
  readonly chat?: Handler
}
