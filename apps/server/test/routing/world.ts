import {
  type AnthropicFake,
  type OpenAIChatFake,
  type RecordedRequest,
  type ScriptStep,
  type Steps,
  startAnthropicFake,
  startOpenAIChatFake,
} from '@jackfield/testkit'
import { onTestFinished } from 'vitest'
import type { DialectName } from '../compatibility/client.ts'
import { startGateway, type TestGateway } from '../end-to-end/harness.ts'
import { wires } from '../end-to-end/wires.ts'

/** A gateway before two providers: `one` speaks OpenAI's chat and has two keys, `two` speaks Anthropic's Messages. */
export interface RoutingWorld {
  readonly gateway: TestGateway
  readonly one: OpenAIChatFake
  readonly two: AnthropicFake
  /** Requests that either was sent, models lists apart. */
  calls(): readonly RecordedRequest[]
}

/** Variables that hold the keys: selectors name targets by them. */
const env = { KEY_ONE: 'sk-one', KEY_TWO: 'sk-two', KEY_THREE: 'sk-three' }

/** Models of both providers. Whoever asks for another one is told 404. */
const models = ['x', 'y', 'shared', 'fixed', 'forced', 'unlisted:8b', 'vendor/z', 'slow']

/** The model whose answers never begin. */
const hanging = (steps: readonly ScriptStep[], request: RecordedRequest): Steps =>
  request.text().includes('"slow"') ? [{ do: 'hang' }] : steps

/** Starts all of it for one test. `yaml` stands beside `backends`; `ranks` are members of these. */
export async function startRoutingWorld(
  yaml: string,
  ranks: { readonly one?: string; readonly two?: string } = {},
): Promise<RoutingWorld> {
  const one = await startOpenAIChatFake({
    keys: { 'sk-one': 'ok', 'sk-two': 'ok' },
    models: [...models, 'only-one'],
    play: hanging,
  })
  const two = await startAnthropicFake({
    keys: { 'sk-three': 'ok' },
    models: [...models, 'only-two'],
    play: hanging,
  })
  onTestFinished(async () => {
    await Promise.all([one.close(), two.close()])
  })
  const text = `
backends:
  one:
    type: openai-compatible
    base_url: ${one.baseUrl}
    api_keys: ['\${env:KEY_ONE}', '\${env:KEY_TWO}']
    routing: ${ranks.one ?? '{}'}
  two:
    type: anthropic
    base_url: ${two.baseUrl}
    api_keys: ['\${env:KEY_THREE}']
    routing: ${ranks.two ?? '{}'}
max_wait: 0
${yaml}
`
  const gateway = await startGateway(text, { env })
  const calls = () =>
    [...one.server.requests, ...two.server.requests].filter(({ method }) => method === 'POST')
  return { gateway, one, two, calls }
}

/** A request of one client's protocol, with the model where that protocol has it. */
export interface RoutedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** A request for a model; in Gemini's protocol it stands in the path, so that there is always one. */
export function requestFor(
  client: DialectName,
  model: string,
  {
    stream = false,
    headers = {},
  }: { readonly stream?: boolean; readonly headers?: Readonly<Record<string, string>> } = {},
): RoutedRequest {
  const wire = wires[client]
  return {
    path: wire.path(encodeURIComponent(model), stream),
    headers,
    body: wire.body(model, stream),
  }
}

/** What a real call came to. */
export interface RoutedAnswer {
  readonly status: number
  /** `x-jackfield-route`. */
  readonly route: string | null
  readonly text: string
}

export async function call(
  { gateway }: RoutingWorld,
  { path, headers, body }: RoutedRequest,
): Promise<RoutedAnswer> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, route: response.headers.get('x-jackfield-route'), text }
}

/** An explanation, as far as these tests look into it. */
export interface ToldRoute {
  readonly dialect: string
  readonly decision: readonly string[]
  readonly branches: readonly {
    readonly places: readonly {
      readonly backend: string
      readonly target?: string
      readonly model: string
      readonly targets: readonly { readonly name: string; readonly state: string }[]
    }[]
  }[]
  readonly skipped: readonly { readonly backend: string; readonly reason: string }[]
  readonly error?: { readonly code: string; readonly status: number; readonly message: string }
}

/** Asks where a request would go. */
export async function explain(
  { gateway }: Pick<RoutingWorld, 'gateway'>,
  request: RoutedRequest,
): Promise<ToldRoute> {
  const response = await fetch(`${gateway.url}/v1/jackfield/explain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`explain answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** The routes that an explanation allows, in its order: `backend.target:model` for every target that may be chosen. */
export function routesIn({ branches }: ToldRoute): readonly (readonly string[])[] {
  return branches
    .flatMap(({ places }) => places)
    .map(({ backend, model, targets }) => targets.map(({ name }) => `${backend}.${name}:${model}`))
}
