/** Name of the dialect and of its variants, also the key of its extensions. */
export const geminiName = 'gemini'
