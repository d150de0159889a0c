export { type FrontendOpenAIOptions, frontendOpenAI as default } from './frontend-openai.ts'
