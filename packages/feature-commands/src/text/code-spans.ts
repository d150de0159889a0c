import type { TextRange } from './characters.ts'

/**
 * Code within a paragraph: what stands between two runs of equally many backticks. A run without its counterpart is text. Takes time
 * linear in the paragraph.
 */
export function findCodeSpans(text: string, { start, end }: TextRange): readonly TextRange[] {
  const runs = findRuns(text, start, end)
  const lastOfLength = new Map(runs.map((run, index) => [run.end - run.start, index]))
  const spans: TextRange[] = []
  for (let index = 0; index < runs.length; index += 1) {
    const open = runs[index]
    if (open === undefined) break
    const length = open.end - open.start
    if (lastOfLength.get(length) === index) continue
    index = runs.findIndex((run, at) => at > index && run.end - run.start === length)
    const close = runs[index]
    if (close !== undefined) spans.push({ start: open.start, end: close.end })
  }
  return spans
}

function findRuns(text: string, start: number, end: number): readonly TextRange[] {
  const runs: TextRange[] = []
  for (let at = text.indexOf('`', start); at !== -1 && at < end; at = text.indexOf('`', at)) {
    const from = at
    while (at < end && text[at] === '`') at += 1
    runs.push({ start: from, end: at })
  }
  return runs
}
