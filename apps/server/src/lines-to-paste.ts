/** What the lines are about. */
export interface PasteContext {
  readonly url: string
  /** A model that exists; without one there is nothing to ask. */
  readonly model: string | undefined
  /** Whether clients need a key. Its value is never shown: the first line asks for it. */
  readonly needsKey: boolean
}

/** Three lines for a shell that show the gateway at work and point programs at it. They work as they are printed. */
export function linesToPaste(context: PasteContext): readonly string[] {
  const base = `${context.url}/v1`
  const key = context.needsKey ? '"$JACKFIELD_KEY"' : 'unused'
  const pointed = `export OPENAI_BASE_URL=${quoted(base)} OPENAI_API_KEY=${key}`
  const list = curl(`${base}/models`, context)
  const chat = chatLine(base, context)
  if (context.needsKey) return [askForKey, chat ?? list, pointed]
  return [list, chat ?? curl(`${context.url}/health`, context), pointed]
}

const askForKey = "printf 'One of the api_keys: '; read -rs JACKFIELD_KEY; echo"

function chatLine(base: string, context: PasteContext): string | undefined {
  const { model } = context
  if (model === undefined) return undefined
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  const call = curl(`${base}/chat/completions`, context)
  return `${call} -H 'content-type: application/json' -d ${quoted(body)}`
}

function curl(url: string, { needsKey }: PasteContext): string {
  return `curl ${quoted(url)}${needsKey ? ' -H "authorization: Bearer $JACKFIELD_KEY"' : ''}`
}

/** A word that every shell takes as it is. */
function quoted(word: string): string {
  return /^[\w.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
