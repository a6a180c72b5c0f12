import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { createCluster } from '../cluster/create-cluster.ts'
import type { Application } from '../domain/application.ts'
import { systemClock } from '../domain/clock.ts'
import { StageError } from '../domain/error.ts'
import { parseCommitSha, type Revision } from '../domain/revision.ts'
import type { Config } from '../domain/settings.ts'
import { createAppTokens } from '../forge/app-tokens.ts'
import type { Renderer } from '../render/create-renderer.ts'
import { createRenderer } from '../render/create-renderer.ts'
import { createSource } from '../source/create-source.ts'
import { localSource } from '../source/local-source.ts'
import type { Source } from '../source/source.ts'
import type { CliContext } from './context.ts'
import { findRenderTools } from './render-tools.ts'
import { readVersion } from './version.ts'

/** What `render` and `diff` work with: no instance, no Redis, nothing written. */
export interface Workbench {
  readonly source: Source
  readonly renderer: Renderer
  readonly cluster: Cluster
  readonly revision: Revision
  close(): Promise<void>
}

export interface Wanted {
  /** A commit of the tracked branch; undefined: its tip. */
  readonly revision?: string
  /** A folder to take the repository's files from, as they are, instead of a commit. */
  readonly local?: string
}

/**
 * Opens an application at a commit, or at a folder. With a data folder of its own, since an
 * instance may be running on the configured one.
 */
export async function openWorkbench(
  ctx: CliContext,
  config: Config,
  application: Application,
  wanted: Wanted,
): Promise<Workbench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'landfall-'))
  const settings = config.clusters.get(application.cluster)
  if (settings === undefined) {
    throw new StageError('CONFIG_INVALID', `no cluster ${application.cluster} is configured`)
  }
  const cluster = createCluster(settings, { version: readVersion() })
  const close = async (): Promise<void> => {
    await cluster.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const remote = createSource({
      dataDir,
      security: config.security,
      clock: systemClock,
      appToken: createAppTokens({ fetch, clock: systemClock, onToken() {} }).tokenOf,
    })
    const source = wanted.local === undefined ? remote : localSource(wanted.local, remote)
    const renderer = createRenderer({
      tools: await findRenderTools(ctx.env),
      dataDir,
      clock: systemClock,
    })
    const revision = await chooseRevision(source, application, wanted.revision, ctx.stopped)
    return { source, renderer, cluster, revision, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function chooseRevision(
  source: Source,
  application: Application,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<Revision> {
  const tip = await source.fetchTip(application, signal)
  if (wanted === undefined) return tip
  const sha = parseCommitSha(wanted)
  const revision = sha === undefined ? undefined : await source.localRevision(application, sha)
  if (revision === undefined || !(await source.isAncestor(application, revision.sha, tip.sha))) {
    throw new StageError(
      'SOURCE_REVISION_GONE',
      `${wanted} is no commit of branch ${application.branch}; give a full commit id of that branch`,
    )
  }
  return revision
}
