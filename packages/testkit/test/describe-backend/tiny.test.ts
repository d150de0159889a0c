import { describeBackend } from '../../src/index.ts'
import tiny from './tiny/plugin.ts'

describeBackend(tiny, {
  options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
  entry: new URL('./tiny/plugin.ts', import.meta.url),
})
