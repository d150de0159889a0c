/** Where a value was given. */
export type Origin = FileOrigin | EnvironmentOrigin | FlagOrigin | DefaultOrigin

/** A place in the configuration file; line and column count from 1, columns in UTF-16 code units. */
export interface FileOrigin {
  readonly kind: 'file'
  readonly file: string
  readonly line: number
  readonly column: number
  /** What an expansion in the value took its text from: `environment NAME` or `file path`. */
  readonly through?: string
}

interface EnvironmentOrigin {
  readonly kind: 'environment'
  readonly variable: string
}

export interface FlagOrigin {
  readonly kind: 'flag'
  /** With its dashes. */
  readonly flag: string
}

export interface DefaultOrigin {
  readonly kind: 'default'
  /** Why this is the default, where it depends on something. */
  readonly reason?: string
}

export const builtIn: DefaultOrigin = { kind: 'default' }

/** An origin as people read it: `config/config.yaml:3:7`, `environment APP_PORT`, `flag --port`, `default`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file': {
      const place = `${origin.file}:${origin.line}:${origin.column}`
      return origin.through === undefined ? place : `${place} (${origin.through})`
    }
    case 'environment':
      return `environment ${origin.variable}`
    case 'flag':
      return `flag ${origin.flag}`
    case 'default':
      return origin.reason === undefined ? 'default' : `default (${origin.reason})`
  }
}
