export { type FrontendGeminiOptions, frontendGemini as default } from './frontend-gemini.ts'
