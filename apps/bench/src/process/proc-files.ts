/** Time on a CPU in nanoseconds, from the text of a task's `schedstat`; undefined where the kernel does not account for it. */
export function parseSchedstat(text: string): number | undefined {
  const match = /^(\d+) \d+ \d+\s*$/.exec(text)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

/** User and system time in clock ticks (1/100 s on Linux), from the text of `/proc/<pid>/stat`. The command name may hold anything. */
export function parseStatTicks(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const user = Number(fields[11])
  const system = Number(fields[12])
  return Number.isInteger(user) && Number.isInteger(system) ? user + system : undefined
}

/** Resident memory in bytes, from the text of `/proc/<pid>/status`. */
export function parseResidentBytes(text: string): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(text)
  return match?.[1] === undefined ? undefined : Number(match[1]) * 1_024
}

/** The cores that a process may run on, in order, from the text of `/proc/<pid>/status`. */
export function parseAllowedCores(text: string): readonly number[] {
  const list = /^Cpus_allowed_list:\s+([\d,-]+)$/m.exec(text)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    if (first === undefined || last === undefined || range === '') return []
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

/** The most files that a process may raise its limit to, from the text of `/proc/<pid>/limits`. */
export function parseOpenFileLimit(text: string): number | undefined {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(text)?.[1]
  if (hard === undefined) return undefined
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}

/** Ticks that the host took from this machine's cores, and all ticks, from the text of `/proc/stat`. */
export function parseStolenTicks(
  text: string,
): { readonly stolen: number; readonly all: number } | undefined {
  const fields = /^cpu +(.+)$/m.exec(text)?.[1]?.split(' ').map(Number)
  const stolen = fields?.[7]
  if (fields === undefined || stolen === undefined) return undefined
  // Guest time (fields 8 and 9) is already counted in user and nice.
  return { stolen, all: fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0) }
}
