import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import type { Program } from '../program.ts'
import type { CommandArguments } from '../run.ts'

/** A command line that means nothing. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The body that asks for an explanation of what the command line describes. Rejects with a {@link UsageError}. */
export async function requestToExplain(
  program: Pick<Program, 'cwd' | 'readInput' | 'name'>,
  { flags, word: model }: CommandArguments,
): Promise<string> {
  const path = flags.get('--path')
  const source = flags.get('--body')
  if (source !== undefined) {
    const body = checkBody(await readBody(source, program), model)
    return `{"path":${JSON.stringify(path ?? '/v1/chat/completions')},"body":${body}}`
  }
  if (path !== undefined) {
    if (model === undefined && !namesModel(path)) throw new UsageError(missingModel(program))
    return JSON.stringify({ path, body: hello(path, model) })
  }
  if (model === undefined) throw new UsageError(missingModel(program))
  return JSON.stringify({ model })
}

function missingModel({ name }: Pick<Program, 'name'>): string {
  return `Say which model, as in "${name} explain gpt-4o", or give a request with --body.`
}

async function readBody(
  source: string,
  { cwd, readInput }: Pick<Program, 'cwd' | 'readInput'>,
): Promise<string> {
  if (source === '-') return readInput()
  if (source.trimStart().startsWith('{')) return source
  try {
    return readFileSync(resolve(cwd, source), 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UsageError(`The file ${source} cannot be read: ${code}.`)
  }
}

/** The body as it was written; with another model, where one is named besides. */
function checkBody(text: string, model: string | undefined): string {
  const body = parse(text)
  if (!isJsonObject(body)) throw new UsageError('The body is no JSON object.')
  return model === undefined ? text : JSON.stringify({ ...body, model })
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError('The body is no JSON.')
  }
}

/** Gemini's paths name the model. */
function namesModel(path: string): boolean {
  return /\/models\/.+:\w+/.test(path)
}

/** A small request of the protocol of a path. */
function hello(path: string, model: string | undefined): JsonObject {
  if (namesModel(path)) return { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
  const named: JsonObject = model === undefined ? {} : { model }
  if (/\/(?:responses|embeddings)\b/.test(path)) return { ...named, input: 'Hello' }
  if (/(?<!\/chat)\/completions\b/.test(path)) return { ...named, prompt: 'Hello' }
  const messages = [{ role: 'user', content: 'Hello' }]
  return /\/messages$/.test(path)
    ? { ...named, max_tokens: 1_000, messages }
    : { ...named, messages }
}
