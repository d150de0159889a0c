/**
 * An event that has only data, ready to be sent. JSON without line breaks travels on one line;
 * other text on one line for each of its.
 */
export function sseData(data: string): string {
  return `${dataLines(data)}\n`
}

/** An event with a name and data. The name must not hold a line break. */
export function sseEvent(name: string, data: string): string {
  if (hasLineBreak(name)) throw new RangeError('the name of an event holds a line break')
  return `event: ${name}\n${dataLines(data)}\n`
}

/** A comment, which receivers ignore: it shows that the sender is still at work. */
export function sseComment(text: string): string {
  const lines = text.split(LINE_BREAK).map((line) => `: ${line}\n`)
  return `${lines.join('')}\n`
}

const LINE_BREAK = /\r\n|\r|\n/

function dataLines(data: string): string {
  if (!hasLineBreak(data)) return `data: ${data}\n`
  const lines = data.split(LINE_BREAK).map((line) => `data: ${line}\n`)
  return lines.join('')
}

function hasLineBreak(text: string): boolean {
  return text.includes('\n') || text.includes('\r')
}
