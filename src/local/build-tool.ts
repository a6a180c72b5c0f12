import { dirname, join } from 'node:path'
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

type Buildable = WantedTool & { readonly build: BuildPin }

/**
 * Compiles a tool from its Go modules, as go.sum pins them, to `target`, and puts the folders it
 * reads beside it. TOOL_MISSING if it fails.
 */
export async function buildTool(
  tool: Buildable,
  target: string,
  { go, goCache, env }: Workshop,
): Promise<void> {
  const { build } = tool
  const cwd = join(packageRoot(), 'tools/build', build.set)
  const goEnv = { ...defined(env), CGO_ENABLED: build.cgo === true ? '1' : '0', GOCACHE: goCache }
  const run = async (...argv: readonly [string, ...string[]]): Promise<string> => {
    const limits = { signal: new AbortController().signal, timeoutMs, maxOutputBytes: 1024 * 1024 }
    const outcome = await runChild(findGuard(), { argv, cwd, env: goEnv }, limits)
    if (outcome.kind === 'exited' && outcome.code === 0) return outcome.stdout.toString().trim()
    const reason =
      outcome.kind === 'unstartable'
        ? outcome.error.message
        : outcome.stderr.trim().split('\n').slice(-5).join('\n')
    throw new StageError('TOOL_MISSING', `${tool.name} could not be built with ${go}: ${reason}`)
  }

  await run(go, ...goArguments(tool, target))
  if (build.folders === undefined) return
  const source = await run(go, 'list', '-mod=readonly', '-f', '{{.Dir}}', build.package)
  for (const folder of build.folders) {
    await run('cp', '-R', join(source, folder), dirname(target))
    // Go keeps its modules read-only, and a read-only folder could not be removed again.
    await run('chmod', '-R', 'u+w', join(dirname(target), folder))
  }
}

function goArguments({ pin, platform, build }: Buildable, target: string): readonly string[] {
  const ldflags = fillTemplate(build.ldflags, pin.version, platform)
  const tags = build.tags === undefined ? [] : ['-tags', build.tags]
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', ...tags, '-ldflags', ldflags]
  return ['build', ...flags, '-o', target, build.package]
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env)
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
