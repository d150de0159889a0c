import type { AnthropicBlock } from './anthropic-answer.ts'

const url = 'https://example.com/found'
const title = 'A page about it'

/** A web search that the provider does for the model: the call, what was found, and a text that cites it. */
export function searchBlocks(text: string, name: string): readonly AnthropicBlock[] {
  const id = `srvtoolu_${name}`
  const found = {
    type: 'web_search_result',
    url,
    title,
    encrypted_content: Buffer.from(`found:${name}`).toString('base64'),
    page_age: null,
  }
  const citation = {
    type: 'web_search_result_location',
    cited_text: 'It stands here.',
    url,
    title,
    encrypted_index: Buffer.from(`index:${name}`).toString('base64'),
  }
  const input = JSON.stringify({ query: text })
  return [
    { type: 'server_tool_use', id, name: 'web_search', input: [input.slice(0, 9), input.slice(9)] },
    {
      type: 'whole',
      block: { type: 'web_search_tool_result', tool_use_id: id, content: [found] },
    },
    { type: 'text', text: ['I found', ' a page.'], citations: [citation] },
  ]
}
