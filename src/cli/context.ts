import type { LoadedConfig } from '../config/load-config.ts'
import type { Role } from '../domain/role.ts'
import type { Config } from '../domain/settings.ts'

/** What a command may touch of the world it runs in. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly stopped: AbortSignal
  /** Calls back at each SIGHUP, which ends the process where nobody asked for it. */
  readonly onHangup: (listener: () => void) => void
  /** Runs Landfall; it is composed where the workers are, which nothing here imports. */
  readonly startInstance: (config: Config, options: StartOptions) => Promise<RunningInstance>
  /** Sets the exit code: 0 done, 1 failed, 2 usage or config, 3 difference found, 4 unhealthy or timed out. */
  exit(code: number): void
}

export interface StartOptions {
  /** undefined: all of them. */
  readonly role: Role | undefined
  readonly redisUrl: string
  readonly tools: RenderTools
  /** `silent`: a command prints in its place. */
  readonly log: 'json' | 'silent'
}

/** Paths of the renderers; undefined: not installed, which only an application that needs it notices. */
export interface RenderTools {
  readonly kustomize: string | undefined
  readonly helm: string | undefined
}

export interface RunningInstance {
  /** Base URL it listens on; a worker's has the probes and metrics alone. */
  readonly url: string
  /** Settles when it must end: a worker that no longer gets jobs. Never rejects. */
  readonly ended: Promise<string>
  /** Puts it in force whole; an invalid one is told in the log, and changes nothing. Never rejects. */
  reload(loaded: LoadedConfig): Promise<void>
  close(): Promise<void>
}
