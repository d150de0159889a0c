export {
  type FrontendAnthropicOptions,
  frontendAnthropic as default,
} from './frontend-anthropic.ts'
