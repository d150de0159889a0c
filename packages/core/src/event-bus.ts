/** Tells typed events to listeners, synchronously. A listener that throws disturbs nobody else. */
export interface EventBus<Events> {
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void
}

/** The side that emits. */
export interface EventEmitter<Events> extends EventBus<Events> {
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void
}

/** Creates an event bus; `onError` hears of listeners that throw. */
export function createEventBus<Events>(onError: (error: unknown) => void): EventEmitter<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener)
      return () => set.delete(listener)
    },
    emit(name, event) {
      const set = listeners.get(name)
      if (set === undefined) return
      for (const listener of set) {
        try {
          listener(event as never)
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}
