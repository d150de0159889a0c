import type { UpstreamCounters } from './fake-upstream.ts'

/** What the driver tells the upstream's process over their channel. */
export type UpstreamCommand =
  | { readonly type: 'counters'; readonly id: number }
  | { readonly type: 'step' }

/** What the upstream's process tells the driver. */
export type UpstreamReport =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'counters'; readonly id: number; readonly counters: UpstreamCounters }
