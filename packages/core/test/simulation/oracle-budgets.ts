import { errorPolicies } from '../../src/errors/codes.ts'
import { defaultRetryRules } from '../../src/pool/retry-budget.ts'
import type { Client, Record, Seen } from './record.ts'

/** How much may be spent on one call, and on one backend. */
export function checkBudgets(record: Record): readonly string[] {
  return [...checkTries(record), ...checkEmpties(record), ...checkRetries(record)]
}

/** Answers with nothing in them are asked for again a few times. Every leg of a race may have one more, at the end. */
function checkEmpties({ schedule, clients, seen }: Record): readonly string[] {
  return clients.flatMap(({ call }) => {
    const empties = seen.filter((one) => one.call === call.name && one.kind === 'empty').length
    const most = schedule.limits.retryEmptyAnswers + (call.joiner === '!' ? call.leaves.length : 1)
    return empties > most ? [`${call.name}: ${empties} empty answers of ${most}`] : []
  })
}

function checkTries({ schedule, clients, seen }: Record): readonly string[] {
  const { maxTries, maxAttemptsMs } = schedule.limits
  return clients.flatMap((client) => {
    const own = seen.filter(({ call }) => call === client.call.name)
    const late = own.filter(({ at }) => maxAttemptsMs > 0 && at - client.startedAt > maxAttemptsMs)
    return [
      ...(own.length > maxTries ? [`${client.call.name}: ${own.length} tries of ${maxTries}`] : []),
      ...late.map(({ at }) => `${client.call.name}: a try after ${at - client.startedAt} ms`),
    ]
  })
}

/** Windows of the gateway are coarse by a tenth. */
const coarse = 1.11

function checkRetries({ schedule, clients, seen }: Record): readonly string[] {
  // New pools have new budgets.
  if (schedule.reloadAt !== undefined) return []
  const { ratio, minimum, windowMs } = { ...defaultRetryRules, ...schedule.retries }
  return schedule.backends.flatMap(({ name }) => {
    const own = seen.filter(({ backend }) => backend === name)
    const retries = own.filter((one) => isRetry(one, own, clients))
    const firsts = own.filter((one) => !retries.includes(one))
    return retries.flatMap(({ at }) => {
      const within = (list: readonly Seen[], ms: number) =>
        list.filter((one) => one.at <= at && one.at > at - ms).length
      const allowed = Math.max(minimum, ratio * within(firsts, windowMs * coarse))
      const spent = within(retries, windowMs)
      return spent > allowed ? [`${name}: ${spent} retries at ${at}, allowed ${allowed}`] : []
    })
  })
}

/** Whether an attempt follows from trouble at the same backend. A race may begin at one backend several times. */
function isRetry(one: Seen, own: readonly Seen[], clients: readonly Client[]): boolean {
  const client = clients.find(({ call }) => call.name === one.call)
  if (client?.call.joiner === '!' && client.call.leaves.length > 1) return false
  const before = own.filter(({ call, order }) => call === one.call && order < one.order).at(-1)
  return before?.code !== undefined && errorPolicies[before.code].cools === 'target'
}
