const LF = 0x0a
const CR = 0x0d

/**
 * Where to cut bytes in two: everywhere, or at about `count` places, among them the inside of characters of several bytes and both
 * sides of line ends, where readers go wrong.
 */
export function cutPoints(bytes: Uint8Array, count: number): readonly number[] {
  const all = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1)
  if (all.length <= count) return all
  const delicate = all.filter((at) => isDelicate(bytes, at))
  const half = Math.ceil(count / 2)
  return [...new Set([...spread(delicate, half), ...spread(all, half)])].sort((a, b) => a - b)
}

function isDelicate(bytes: Uint8Array, at: number): boolean {
  const [before = 0, after = 0] = bytes.subarray(at - 1, at + 1)
  const insideCharacter = (after & 0xc0) === 0x80
  return insideCharacter || before === LF || after === LF || before === CR || after === CR
}

/** At most `count` of them, evenly spread. */
function spread(points: readonly number[], count: number): readonly number[] {
  if (points.length <= count) return points
  return Array.from(
    { length: count },
    (_, at) => points[Math.floor((at * points.length) / count)] ?? 1,
  )
}
