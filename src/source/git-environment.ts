import type { RepoAddress } from './repo-address.ts'

interface Places {
  /** Folders git and ssh are looked for in. */
  readonly path: string
  /** An empty folder: no configuration, keys or known hosts of a person. */
  readonly home: string
  readonly configFile: string
  readonly gitDir: string
}

/** The whole environment of a git process. A local one may speak no protocol at all. */
export function gitEnvironment(
  places: Places,
  scheme: RepoAddress['scheme'] | 'none',
): Readonly<Record<string, string>> {
  return {
    PATH: places.path,
    HOME: places.home,
    LC_ALL: 'C',
    GIT_DIR: places.gitDir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: places.configFile,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: scheme,
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_DEFAULT_REF_FORMAT: 'files',
  }
}
