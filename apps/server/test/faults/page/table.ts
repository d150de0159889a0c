export type Cells = readonly string[]

export function code(text: string): string {
  return `\`${text}\``
}

/** A section with a table. */
export function table(
  title: string,
  columns: Cells,
  rows: readonly Cells[],
  intro?: string,
): string {
  const line = (cells: Cells): string => `| ${cells.join(' | ')} |`
  return [
    `## ${title}`,
    '',
    ...(intro === undefined ? [] : [intro, '']),
    line(columns),
    `|${'---|'.repeat(columns.length)}`,
    ...rows.map(line),
  ].join('\n')
}
