/** Bytes in pieces, each in memory of its own. Cuts may be any numbers. */
export function pieces(data: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const inside = cuts.map((cut) => cut % (data.length + 1)).toSorted((one, other) => one - other)
  const places = [0, ...inside, data.length]
  return places.slice(1).map((end, index) => Uint8Array.from(data.subarray(places[index], end)))
}

export const bytes = (text: string): Uint8Array => Buffer.from(text)

export const textOf = (data: Uint8Array): string => Buffer.from(data).toString()
