import type { AttributedUsage } from '../chat/usage.ts'
import type { TapReport } from '../dialect.ts'
import type { FlowReport } from './answer-flow.ts'

/** What a tap saw, as accounting wants it. */
export function describeTap(report: TapReport): FlowReport {
  return {
    complete: report.complete,
    usage: attributed(report),
    ...(report.finish === undefined ? {} : { finish: report.finish }),
    ...(report.responseId === undefined ? {} : { responseId: report.responseId }),
  }
}

function attributed({ usage, estimate }: TapReport): AttributedUsage {
  if (usage !== undefined) return { source: 'provider', usage }
  if (estimate !== undefined) return { source: 'estimated', usage: estimate }
  return { source: 'unknown' }
}
