/** One size of request in the unary scenario. */
interface UnarySize {
  readonly name: string
  readonly bytes: number
  /** Requests per round: the same for every target, fewer of the large ones. */
  readonly count: number
}

/** How much of everything a run does. Counts, never times: every target is warmed and measured by the same number of requests. */
export interface Profile {
  /**
   * How often the targets that are measured side by side are started anew. Two processes of one program differ, for as long as they live,
   * in what was optimised and how their memory lies; more rounds do not average that, more processes do.
   */
  readonly processes: number
  /** Rounds per process. */
  readonly rounds: number
  readonly warmUpRequests: number
  readonly unary: readonly UnarySize[]
  /** Sizes that are sent to be translated. */
  readonly translated: readonly UnarySize[]
  /** Frames of text in each stream that is translated. */
  readonly translatedContents: number
  /** Which sizes are also sent with the model behind messages and tools. */
  readonly tailSizes: ReadonlySet<string>
  readonly stream: { readonly streams: number; readonly contents: number }
  readonly latencyRequests: number
  /** Per process. */
  readonly latencyRounds: number
  readonly memory: readonly { readonly streams: number; readonly contents: number }[]
  readonly starts: number
  /** Rounds per process. */
  readonly gap: { readonly contents: number; readonly rounds: number }
  readonly microRounds: number
}

/** Several minutes; for figures that are written down. */
export const complete: Profile = {
  processes: 4,
  rounds: 4,
  warmUpRequests: 15_000,
  unary: [
    { name: '0.2 KB', bytes: 200, count: 3_000 },
    { name: '10 KB', bytes: 10_000, count: 2_000 },
    { name: '76 KB', bytes: 76_000, count: 800 },
    { name: '400 KB', bytes: 400_000, count: 240 },
    { name: '1 MB', bytes: 1_000_000, count: 120 },
  ],
  translated: [
    { name: '0.2 KB', bytes: 200, count: 3_000 },
    { name: '10 KB', bytes: 10_000, count: 2_000 },
    { name: '200 KB', bytes: 200_000, count: 400 },
  ],
  translatedContents: 400,
  tailSizes: new Set(['10 KB', '76 KB', '400 KB', '1 MB']),
  stream: { streams: 50, contents: 200 },
  latencyRequests: 600,
  latencyRounds: 1,
  memory: [
    { streams: 1_000, contents: 4 },
    { streams: 5_000, contents: 11 },
  ],
  starts: 7,
  gap: { contents: 100, rounds: 1 },
  microRounds: 9,
}

/** About a minute; to see whether a change did harm. */
export const quick: Profile = {
  processes: 2,
  rounds: 3,
  warmUpRequests: 8_000,
  unary: [
    { name: '0.2 KB', bytes: 200, count: 1_200 },
    { name: '10 KB', bytes: 10_000, count: 800 },
    { name: '76 KB', bytes: 76_000, count: 300 },
    { name: '400 KB', bytes: 400_000, count: 80 },
    { name: '1 MB', bytes: 1_000_000, count: 40 },
  ],
  translated: [
    { name: '10 KB', bytes: 10_000, count: 800 },
    { name: '200 KB', bytes: 200_000, count: 160 },
  ],
  translatedContents: 200,
  tailSizes: new Set(['76 KB']),
  stream: { streams: 50, contents: 60 },
  latencyRequests: 120,
  latencyRounds: 1,
  memory: [{ streams: 1_000, contents: 2 }],
  starts: 3,
  gap: { contents: 40, rounds: 1 },
  microRounds: 3,
}
