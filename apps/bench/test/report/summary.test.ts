import { describe, expect, it } from 'vitest'
import { renderScenario } from '../../src/report/render.ts'
import { mergeResults, recordSeries, type ScenarioResult } from '../../src/report/series.ts'
import { summarize } from '../../src/report/summary.ts'

function seriesOf(samples: Readonly<Record<string, readonly number[]>>, goal?: { most: number }) {
  const series = recordSeries('a', 'µs', goal && { kind: 'ratio', most: goal.most })
  for (const [label, values] of Object.entries(samples)) {
    for (const value of values) series.add(label, value)
  }
  return series
}

const resultOf = (series: ScenarioResult['series'], notes: readonly string[] = []) => ({
  title: 'T',
  series,
  notes,
  failures: [],
})

describe('summarize', () => {
  it('gives medians, and ratios by pairs and not by medians', () => {
    const series = seriesOf({ bare: [10, 100, 20], other: [20, 100, 10] })

    const [bare, other] = summarize(series, ['bare', 'other'])

    expect(bare).toEqual({ label: 'bare', value: 20 })
    expect(other).toMatchObject({ value: 20, ratio: { median: 1, q1: 0.5, q3: 2 } })
  })

  it('says whether the goal is met', () => {
    const samples = { bare: [10, 10, 10], other: [12, 12, 12] }

    expect(summarize(seriesOf(samples, { most: 1.2 }), ['bare', 'other'])[1]?.metGoal).toBe(true)
    expect(summarize(seriesOf(samples, { most: 1.1 }), ['bare', 'other'])[1]?.metGoal).toBe(false)
  })

  it('gives no ratio to a yardstick of nothing or less', () => {
    const series = seriesOf({ bare: [1, -0.2], other: [1, 1] })

    expect(summarize(series, ['bare', 'other'])[1]).toEqual({ label: 'other', value: 1 })
  })

  it('leaves out a target that was not measured', () => {
    expect(summarize(seriesOf({ bare: [1] }), ['bare', 'other'])).toHaveLength(1)
  })
})

describe('mergeResults', () => {
  it('appends samples so that rounds still pair', () => {
    const first = resultOf([seriesOf({ bare: [1, 2], other: [10, 20] })], ['same'])
    const second = resultOf([seriesOf({ bare: [3], other: [30] })], ['same'])

    const merged = mergeResults([first, second])

    expect(merged.series[0]?.samples.get('bare')).toEqual([1, 2, 3])
    expect(merged.series[0]?.samples.get('other')).toEqual([10, 20, 30])
    expect(merged.notes).toEqual(['same'])
  })
})

describe('renderScenario', () => {
  it('marks a missed goal and shows failures', () => {
    const result = {
      ...resultOf([seriesOf({ bare: [10], other: [13] }, { most: 1.2 })]),
      failures: ['lost'],
    }

    const text = renderScenario(result, ['bare', 'other'])

    expect(text).toMatch(/a +µs +10\.0 +13\.0 ! +1\.30 +1\.30–1\.30 +× ≤ 1\.2/)
    expect(text).toContain('FAILED: lost')
  })
})
