import type { TargetState } from '../../src/events.ts'
import { isAt, isDenied, isSpent, type Place, placesOf } from './places.ts'
import type { Client, Event, Record, Seen } from './record.ts'

/** A target that may be well again is asked by one call at a time, as long as the others have a choice. */
export function checkTrials(record: Record): readonly string[] {
  const marks = new Marks()
  const trials: View['trials'] = new Map()
  const problems: string[] = []
  for (const step of inOrder(record)) {
    if ('attempt' in step) continue
    if ('call' in step) problems.push(...asked(step, { marks, trials, record }))
    else {
      marks.note(step)
      const { state, backend, target } = step.target
      const place = `${backend}.${target}`
      if (state === 'ready' || trials.get(place) === 'somebody') trials.delete(place)
    }
  }
  return problems
}

function inOrder({ seen, events }: Record): readonly (Seen | Event)[] {
  return [...seen, ...events].toSorted((one, other) => one.order - other.order)
}

/** What leaves targets out, for single models or for all of them: the time until which it does, also after that. */
class Marks {
  readonly #until = new Map<string, number>()

  note({ at, target: state }: { readonly at: number; readonly target: TargetState }): void {
    const { backend, target, model = '', forMs = 0 } = state
    const key = `${backend}.${target}:${model}`
    if (state.state === 'ready') this.#until.delete(key)
    else this.#until.set(key, at + forMs)
  }

  of({ backend, target, model }: Omit<Place, 'leaf'>): readonly number[] {
    const place = `${backend}.${target}`
    const marks = [this.#until.get(`${place}:`), this.#until.get(`${place}:${model}`)]
    return marks.filter((until) => until !== undefined)
  }
}

const forever = Number.POSITIVE_INFINITY

interface View {
  readonly marks: Marks
  /** The call that decides about a target. */
  readonly trials: Map<string, Seen | 'somebody'>
  readonly record: Record
}

function asked(one: Seen, view: View): readonly string[] {
  const until = view.marks.of(one)
  if (until.length === 0 || until.some((time) => time > one.at)) return []
  const place = `${one.backend}.${one.target}`
  const trial = view.trials.get(place)
  if (trial === 'somebody') return []
  const end = trial === undefined ? Number.NEGATIVE_INFINITY : (trial.closedAt ?? forever)
  if (trial === undefined || end <= one.at) {
    // Which of two came first in one moment nobody can say, nor who decides from then on.
    view.trials.set(place, end === one.at ? 'somebody' : one)
    return []
  }
  const client = view.record.clients.find(({ call }) => call.name === one.call)
  const choice = client && choiceOf(client, one, view)
  if (choice === undefined) return []
  const other = `${choice.backend}.${choice.target}`
  return [`${one.call} goes to ${place}, which ${trial.call} tries, although ${other} is ready`]
}

/** A place that nothing speaks against. */
function choiceOf(client: Client, one: Seen, { marks, record }: View): Place | undefined {
  if (client.call.joiner === '!') return undefined
  const before = record.seen.filter(({ call, order }) => call === one.call && order < one.order)
  // It repeats what it has begun.
  if (before.some((other) => isAt(other, { ...one, leaf: one }))) return undefined
  return placesOf(client.call, record.schedule).find(
    (place) =>
      marks.of(place).length === 0 &&
      !(place.backend === one.backend && place.target === one.target) &&
      !before.some((other) => other.backend === place.backend && other.target === place.target) &&
      !isSpent(place, before) &&
      !isDenied(client, place, record),
  )
}
