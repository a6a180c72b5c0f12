import { join } from 'node:path'
import { StageError } from '../domain/error.ts'
import { findGuard } from '../sandbox/guard.ts'
import { runChild } from '../sandbox/run-child.ts'
import type { WantedTool } from './find-tool.ts'
import { packageRoot } from './package-root.ts'
import { type BuildPin, fillTemplate } from './tool-pins.ts'

const timeoutMs = 60 * 60_000

export interface Workshop {
  /** Path of the go command. */
  readonly go: string
  /** Folder for what the compiler keeps between builds. */
  readonly goCache: string
  readonly env: NodeJS.ProcessEnv
}

/** Compiles a tool from its Go modules, as go.sum pins them, to `target`. TOOL_MISSING if it fails. */
export async function buildTool(
  tool: WantedTool & { readonly build: BuildPin },
  target: string,
  { go, goCache, env }: Workshop,
): Promise<void> {
  const command = {
    argv: [go, ...goArguments(tool, target)] as const,
    cwd: join(packageRoot(), 'tools/build', tool.build.set),
    env: { ...defined(env), CGO_ENABLED: '0', GOCACHE: goCache },
  }
  const limits = { signal: new AbortController().signal, timeoutMs, maxOutputBytes: 1024 * 1024 }
  const outcome = await runChild(findGuard(), command, limits)
  if (outcome.kind === 'exited' && outcome.code === 0) return
  const reason =
    outcome.kind === 'unstartable'
      ? outcome.error.message
      : outcome.stderr.trim().split('\n').slice(-5).join('\n')
  throw new StageError('TOOL_MISSING', `${tool.name} could not be built with ${go}: ${reason}`)
}

function goArguments(
  { pin, platform, build }: WantedTool & { readonly build: BuildPin },
  target: string,
): readonly string[] {
  const ldflags = fillTemplate(build.ldflags, pin.version, platform)
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', ldflags]
  return ['build', ...flags, '-o', target, build.package]
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env)
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
