import type { TextRange } from './characters.ts'

/**
 * Code within a paragraph: what stands between two runs of equally many backticks. A run without its counterpart is text. Takes time
 * linear in the paragraph.
 */
export function findCodeSpans(text: string, { start, end }: TextRange): readonly TextRange[] {
  const runs = findRuns(text, { start, end })
  const lastOfLength = new Map(runs.map((run, index) => [lengthOf(run), index]))
  const spans: TextRange[] = []
  let open: TextRange | undefined
  for (const [index, run] of runs.entries()) {
    const length = lengthOf(run)
    if (open === undefined) {
      if ((lastOfLength.get(length) ?? index) > index) open = run
    } else if (length === lengthOf(open)) {
      spans.push({ start: open.start, end: run.end })
      open = undefined
    }
  }
  return spans
}

function lengthOf({ start, end }: TextRange): number {
  return end - start
}

function findRuns(text: string, range: TextRange): readonly TextRange[] {
  const runs: TextRange[] = []
  const paragraph = text.slice(range.start, range.end)
  for (let at = paragraph.indexOf('`'); at !== -1; at = paragraph.indexOf('`', at)) {
    const start = at
    while (paragraph[at] === '`') at += 1
    runs.push({ start: range.start + start, end: range.start + at })
  }
  return runs
}
