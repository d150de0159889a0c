import {
  anyText,
  type Check,
  integerIn,
  isObject,
  listOf,
  oneOf,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'
import { closedKind } from './closed.ts'

/** Results of server tools come back as the provider made them, so that only what identifies them is looked at. */
const output = shape({ stdout: anyText, stderr: anyText, return_code: integerIn(-(2 ** 31)) })
const encryptedOutput = shape({ encrypted_stdout: text() })

const contents: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  web_fetch_tool_result: { web_fetch_result: shape({ url: text() }) },
  code_execution_tool_result: {
    code_execution_result: output,
    encrypted_code_execution_result: encryptedOutput,
  },
  bash_code_execution_tool_result: { bash_code_execution_result: output },
  text_editor_code_execution_tool_result: {
    text_editor_code_execution_view_result: shape({}),
    text_editor_code_execution_create_result: shape({}),
    text_editor_code_execution_str_replace_result: shape({}),
  },
  tool_search_tool_result: {
    tool_search_tool_search_result: shape({
      tool_references: listOf(shape({ type: oneOf('tool_reference'), tool_name: text() })),
    }),
  },
  advisor_tool_result: {
    advisor_result: shape({ text: anyText }),
    advisor_redacted_result: shape({ encrypted_content: text() }),
  },
}

const webSearchResult = shape({
  type: oneOf('web_search_result'),
  url: text(),
  title: anyText,
  encrypted_content: text(),
})

/** The result blocks of server tools by their type, an error in place of a result included (Anthropic Messages 3.3). */
export function serverResultShapes(cacheControl: Check): Readonly<Record<string, Check>> {
  const block = (content: Check): Check =>
    closedKind({ tool_use_id: text(), content }, { cache_control: cacheControl })
  const failure = (type: string) => ({ [`${type}_error`]: shape({ error_code: text() }) })
  const search = 'web_search_tool_result'
  const searchContent: Check = (value, at) =>
    isObject(value) ? tagged(failure(search))(value, at) : listOf(webSearchResult)(value, at)
  const others = Object.entries(contents).map(
    ([type, kinds]) => [type, block(tagged({ ...kinds, ...failure(type) }))] as const,
  )
  return { [search]: block(searchContent), ...Object.fromEntries(others) }
}
