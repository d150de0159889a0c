import type { ProviderTool } from '@jackfield/core'

/** What clients call a tool that its provider runs, for the list of what was lost: its type, its name, or its only member (Gemini). */
export function toolWord({ value }: Pick<ProviderTool, 'value'>): string {
  const { type, name } = value
  if (typeof type === 'string') return type
  return typeof name === 'string' ? name : (Object.keys(value)[0] ?? 'tool')
}
