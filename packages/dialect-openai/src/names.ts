/** Name of the chat completions dialect and of its variants, also the key of its extensions. */
export const chatName = 'openai-chat'

/** Name of the legacy text completions dialect. */
export const completionsName = 'openai-completions'

/** Name of the Responses dialect and of its variants, also the key of its extensions. */
export const responsesName = 'openai-responses'
