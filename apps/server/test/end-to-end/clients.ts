import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'

/** The official libraries of three protocols, pointed at one gateway. */
export interface Clients {
  readonly openai: OpenAI
  readonly anthropic: Anthropic
  readonly google: GoogleGenAI
}

export function clientsOf(url: string): Clients {
  return {
    openai: new OpenAI({ apiKey: 'sk-client', baseURL: `${url}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: 'sk-client', baseURL: url, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: 'sk-client', httpOptions: { baseUrl: url } }),
  }
}

/** What a library throws, or nothing. */
export function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** The HTTP status that an error of any of the libraries tells. */
export function statusOf(error: unknown): unknown {
  return (error as { readonly status?: unknown } | undefined)?.status
}
