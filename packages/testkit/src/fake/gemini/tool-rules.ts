import type { JsonObject, Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  firstProblem,
  flag,
  integerIn,
  isObject,
  isPresent,
  listOf,
  numberIn,
  oneOf,
  optionally,
  type Problem,
  shape,
  text,
} from '../strict/shape.ts'
import { functionName } from './part-rules.ts'
import { schema } from './schema.ts'

const cites = 'Gemini, 4.2 Request'

const functionDeclaration = shape(
  { name: functionName },
  {
    description: anyText,
    parameters: anyObject,
    parametersJsonSchema: anyObject,
    response: anyObject,
    responseJsonSchema: anyObject,
    behavior: oneOf('BLOCKING', 'NON_BLOCKING'),
  },
)

const builtIns = {
  googleSearch: shape({}, { searchTypes: anyObject, timeRangeFilter: anyObject }),
  googleSearchRetrieval: shape({}, { dynamicRetrievalConfig: anyObject }),
  codeExecution: anyObject,
  urlContext: anyObject,
  fileSearch: shape(
    { fileSearchStoreNames: listOf(text(), { min: 1 }) },
    { metadataFilter: anyText, topK: integerIn(1) },
  ),
  googleMaps: shape({}, { enableWidget: flag }),
  computerUse: anyObject,
  mcpServers: listOf(shape({ name: text(), streamableHttpTransport: anyObject })),
} as const

const functionCallingConfig = shape(
  {},
  {
    mode: oneOf('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
    allowedFunctionNames: listOf(functionName),
    streamFunctionCallArguments: flag,
  },
)

const retrievalConfig = shape(
  {},
  {
    latLng: shape({}, { latitude: numberIn(-90, 90), longitude: numberIn(-180, 180) }),
    languageCode: text(),
  },
)

const parameterName = text({ pattern: /^[A-Za-z0-9_]{1,64}$/ })

/** Rules about the tools of a request. */
export const toolRules = {
  tools: {
    cites,
    check: (body) => {
      const tools = body['tools']
      return isObject(tools) ? undefined : optionally(listOf(anyObject))(tools, 'tools')
    },
  },
  'tool-says-something': forTools((tool, at) =>
    Object.values(tool).some((value) => value !== null)
      ? undefined
      : { at, message: 'names no tool' },
  ),
  'function-declarations': forTools((tool, at) =>
    optionally(listOf(functionDeclaration))(
      tool['functionDeclarations'],
      `${at}.functionDeclarations`,
    ),
  ),
  'one-parameters-form': forDeclarations((declaration, at) =>
    isPresent(declaration['parameters']) && isPresent(declaration['parametersJsonSchema'])
      ? { at: `${at}.parametersJsonSchema`, message: 'is not allowed beside parameters' }
      : undefined,
  ),
  'parameter-names': forDeclarations((declaration, at) =>
    firstProblem(['parameters', 'parametersJsonSchema'], (form) =>
      firstProblem(propertiesOf(declaration[form]), (name) =>
        parameterName(name, `${at}.${form}.properties.${name}`),
      ),
    ),
  ),
  'function-schemas': forDeclarations((declaration, at) =>
    firstProblem(['parameters', 'response'], (form) =>
      optionally(schema)(declaration[form], `${at}.${form}`),
    ),
  ),
  'built-in-tools': forTools((tool, at) =>
    firstProblem(Object.entries<Check>(builtIns), ([name, check]) =>
      optionally(check)(tool[name], `${at}.${name}`),
    ),
  ),
  'mixed-tools': {
    cites,
    check: (body) => {
      const kinds = toolsOf(body).flatMap(([tool]) => Object.keys(tool))
      const functions = kinds.includes('functionDeclarations')
      return functions && kinds.some((kind) => kind !== 'functionDeclarations')
        ? { at: 'tools', message: 'built-in tools and function calling cannot be combined' }
        : undefined
    },
  },
  'tool-config': {
    cites,
    check: (body) =>
      optionally(
        shape(
          {},
          { functionCallingConfig, includeServerSideToolInvocations: flag, retrievalConfig },
        ),
      )(body['toolConfig'], 'toolConfig'),
  },
  'allowed-names-need-mode': {
    cites,
    check: (body) => {
      const config = functionCalling(body)
      const narrowed = isPresent(config['allowedFunctionNames'])
      return narrowed && !['ANY', 'VALIDATED'].includes(String(config['mode']))
        ? {
            at: 'toolConfig.functionCallingConfig.allowedFunctionNames',
            message: 'is only allowed when mode is ANY or VALIDATED',
          }
        : undefined
    },
  },
} as const satisfies Record<string, Rule>

/** The function calling configuration of a request; empty when there is none. */
export function functionCalling(body: JsonObject): JsonObject {
  const config = isObject(body['toolConfig']) ? body['toolConfig']['functionCallingConfig'] : null
  return isObject(config) ? config : {}
}

/** The functions that a request declares, in whichever tool, with their places. */
export function declarationsOf(
  body: JsonObject,
): readonly (readonly [declaration: JsonObject, at: string])[] {
  return toolsOf(body).flatMap(([tool, at]) => {
    const declarations = tool['functionDeclarations']
    const list = Array.isArray(declarations) ? declarations : []
    return list.flatMap((declaration: unknown, index) =>
      isObject(declaration) ? [[declaration, `${at}.functionDeclarations[${index}]`] as const] : [],
    )
  })
}

/** A single tool outside of a list occurs and is accepted (Gemini, 4.2). */
function toolsOf(body: JsonObject): readonly (readonly [tool: JsonObject, at: string])[] {
  const tools = body['tools']
  if (isObject(tools)) return [[tools, 'tools']]
  const list = Array.isArray(tools) ? tools : []
  return list.flatMap((tool: unknown, index) =>
    isObject(tool) ? [[tool, `tools[${index}]`] as const] : [],
  )
}

function forTools(check: (tool: JsonObject, at: string) => Problem | undefined): Rule {
  return { cites, check: (body) => firstProblem(toolsOf(body), ([tool, at]) => check(tool, at)) }
}

function forDeclarations(
  check: (declaration: JsonObject, at: string) => Problem | undefined,
): Rule {
  return {
    cites,
    check: (body) =>
      firstProblem(declarationsOf(body), ([declaration, at]) => check(declaration, at)),
  }
}

function propertiesOf(value: unknown): readonly string[] {
  const properties = isObject(value) ? value['properties'] : undefined
  return isObject(properties) ? Object.keys(properties) : []
}
