import type { JsonObject, Rule } from '../strict/rule.ts'
import { firstProblem, isObject } from '../strict/shape.ts'
import { blocksOf, isThinking, messageBlocks, type PlacedBlock, withInner } from './conversation.ts'

const cites = (what: string): string => `Anthropic Messages 3.3, cache_control: ${what}`

/** Rules about the places that are marked for the cache. */
export const cacheRules = {
  'cache-breakpoints': {
    cites: cites('at most 4 breakpoints'),
    check: (body) => {
      const found = breakpoints(body).length
      if (found <= 4) return undefined
      const message = `A maximum of 4 blocks with cache_control may be provided. Found ${found}.`
      return { at: breakpoints(body)[4]?.at || 'cache_control', message }
    },
  },
  'cache-not-on-thinking': {
    cites: cites('not on thinking blocks'),
    check: (body) =>
      firstProblem(messageBlocks(body), ({ at, block }) =>
        isThinking(block) && isObject(block['cache_control'])
          ? { at: `${at}.cache_control`, message: 'Extra inputs are not permitted' }
          : undefined,
      ),
  },
  'cache-longer-first': {
    cites: cites('1 h entries must come before 5 m ones'),
    check: (body) => {
      const marks = breakpoints(body)
      const short = marks.findIndex(({ block }) => ttlOf(block) === '5m')
      const late = short < 0 ? undefined : marks.slice(short).find(isLong)
      const message = "a ttl='1h' cache_control block must not come after a ttl='5m' one"
      return (
        late && {
          at: late.at === '' ? 'cache_control.ttl' : `${late.at}.cache_control.ttl`,
          message,
        }
      )
    },
  },
} as const satisfies Record<string, Rule>

/** The marked places in the order of the cached prefix: tools, system, messages. One for the whole request comes last. */
function breakpoints(body: JsonObject): readonly PlacedBlock[] {
  const places = [
    ...blocksOf(body['tools'], 'tools'),
    ...blocksOf(body['system'], 'system'),
    ...messageBlocks(body).flatMap(withInner),
  ]
  const marked = places.filter(({ block }) => isObject(block['cache_control']))
  return isObject(body['cache_control']) ? [...marked, { at: '', block: body }] : marked
}

function isLong({ block }: PlacedBlock): boolean {
  return ttlOf(block) === '1h'
}

function ttlOf(block: JsonObject): unknown {
  const mark = block['cache_control']
  return isObject(mark) ? (mark['ttl'] ?? '5m') : undefined
}
