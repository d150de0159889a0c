import type { ChatRequest, JsonObject, OutputFormat } from '@jackfield/core'
import { describedSchema } from '@jackfield/dialect-kit'
import { toolNamesIn } from './decode-tools.ts'
import type { EncodeState } from './encode-state.ts'
import { type EncodedTools, isForced } from './encode-tools.ts'
import { inputSchema, outputSchema, schemaValue } from './schema.ts'

/** How the answer gets the form that is asked for. */
export interface EncodedOutput {
  readonly tools: EncodedTools
  readonly format?: JsonObject
  /** Blocks for the system prompt. */
  readonly instructions: readonly JsonObject[]
  /** Name of the tool whose arguments are the answer's text. */
  readonly outputTool?: string
}

/** JSON without a schema is asked for in words; with one by `output_config`, or by a tool that the model has to call. */
export function encodeOutput(
  { output }: ChatRequest,
  tools: EncodedTools,
  { facts }: EncodeState,
): EncodedOutput {
  switch (output?.type) {
    case undefined:
    case 'text':
      return { tools, instructions: [] }
    case 'json':
      return { tools, instructions: [{ type: 'text', text: jsonInstruction }] }
    case 'json-schema':
      return facts.structuredOutput
        ? {
            tools,
            instructions: [],
            format: { type: 'json_schema', schema: outputSchema(describedSchema(output)) },
          }
        : withOutputTool(output, tools)
    default:
      return output satisfies never
  }
}

const jsonInstruction =
  'Answer with one JSON object and nothing else: no explanation, no code fence.'

/** Beside other tools the model may still call one of them first; it must call one in any case. */
function withOutputTool(
  { schema, description }: Extract<OutputFormat, { type: 'json-schema' }>,
  { tools, choice }: EncodedTools,
): EncodedOutput {
  const name = freeName(toolNamesIn(tools))
  const tool = {
    name,
    description: description ?? 'Gives the answer to the user. Its arguments are the whole answer.',
    input_schema: inputSchema(schemaValue(schema)),
  }
  const usable = tools.length > 0 && choice?.['type'] !== 'none'
  const forced = isForced(choice) && choice !== undefined ? choice : { type: 'any' }
  return {
    tools: {
      tools: [...tools, tool],
      choice: usable ? { ...choice, ...forced } : { type: 'tool', name },
    },
    instructions: [],
    outputTool: name,
  }
}

function freeName(taken: readonly string[]): string {
  let name = 'json'
  for (let count = 2; taken.includes(name); count += 1) name = `json_${count}`
  return name
}
