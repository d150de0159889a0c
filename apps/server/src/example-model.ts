import type { Gateway, ListedModel } from '@jackfield/core'
import type { LoadedConfig } from './config/load.ts'

/** Milliseconds that the banner waits for the lists of the providers. */
const patience = 2_000

/** Words in the names of models that cannot chat. */
const otherPurposes =
  /embed|whisper|tts|audio|realtime|transcri|dall-e|image|sora|moderation|rerank|instruct|babbage|davinci|search/

/**
 * A model that exists and chats, for the lines to paste: of the default backend, else of any. `undefined` where no
 * backend names one in time.
 */
export async function exampleModel(
  gateway: Pick<Gateway, 'models'>,
  { config }: Pick<LoadedConfig, 'config'>,
): Promise<string | undefined> {
  const { default_backend: chosen = '', failover_routes } = config
  if (chosen.includes(':') || Object.hasOwn(failover_routes, chosen)) return chosen
  const listed = (await listInTime(gateway)).filter(({ id }) => !otherPurposes.test(id))
  const found = listed.find(({ ownedBy }) => ownedBy === chosen) ?? listed[0]
  return found?.id
}

async function listInTime(gateway: Pick<Gateway, 'models'>): Promise<readonly ListedModel[]> {
  const { promise: tooLate, resolve } = Promise.withResolvers<readonly ListedModel[]>()
  const timer = setTimeout(resolve, patience, [])
  try {
    return await Promise.race([gateway.models({ id: 'banner', name: 'banner' }), tooLate])
  } finally {
    clearTimeout(timer)
  }
}
