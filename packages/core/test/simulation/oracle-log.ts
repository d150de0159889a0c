import type { Client, Record } from './record.ts'

/** What the gateway logs of a call is what its client saw, and what its providers did. */
export function checkLog({ clients, ends, seen }: Record): readonly string[] {
  return clients.flatMap((client) => {
    if (client.id === undefined) return []
    const { name } = client.call
    const logged = ends.filter(({ callId }) => callId === client.id)
    const [end] = logged
    if (end === undefined || logged.length > 1) return [`${name}: logged ${logged.length} times`]
    const { status, error, attempts } = end
    const asked = seen.filter(({ call }) => call === name).length
    const saw = `${client.sink.status} ${seenError(client) ? 'with' : 'without'} an error`
    const says = `${status} ${error === undefined ? 'without' : 'with'} an error`
    return [
      ...(client.leftAt === undefined && saw !== says
        ? [`${name}: saw ${saw}, logged ${says}`]
        : []),
      ...(attempts === asked ? [] : [`${name}: ${attempts} attempts logged, ${asked} requests`]),
    ]
  })
}

function seenError({ sink }: Client): boolean {
  return sink.status !== 200 || sink.text.includes('"error":')
}
