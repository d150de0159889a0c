const prefix = 'reasoning:'

/** Id of the stream block of a reasoning item: streams tell the item's id first and its state last. */
export function reasoningBlock(itemId: string): string {
  return prefix + itemId
}

/** The item's id in the id of a block; `undefined` for blocks of other protocols. */
export function itemOfBlock(blockId: string): string | undefined {
  return blockId.startsWith(prefix) ? blockId.slice(prefix.length) : undefined
}
