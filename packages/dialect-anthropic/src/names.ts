/** Name of the Messages dialect and of its variants, also the key of its extensions. */
export const anthropicName = 'anthropic-messages'
