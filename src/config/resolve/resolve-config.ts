import { resolve } from 'node:path'
import type { Application } from '../../domain/application.ts'
import type { Role } from '../../domain/role.ts'
import type { ClusterSettings, Config, ForgeSettings } from '../../domain/settings.ts'
import { defaultDataDir } from '../data-dir.ts'
import type { Findings } from '../findings.ts'
import { EntryName } from '../schema/name.ts'
import { createSecretReader } from '../secret-reader.ts'
import type { Sections } from '../sections.ts'
import { checkOverlaps } from './check-overlaps.ts'
import { mergeDefaults } from './merge-defaults.ts'
import { resolveApplication } from './resolve-application.ts'
import { resolveCluster } from './resolve-cluster.ts'
import { resolveForge } from './resolve-forge.ts'
import { resolveRedis } from './resolve-redis.ts'
import { resolveServer } from './resolve-server.ts'
import { resolveWitnesses } from './resolve-witnesses.ts'

interface ResolveOptions {
  readonly env: NodeJS.ProcessEnv
  /** Folder of the file, for what is relative in it. */
  readonly folder: string
  readonly findings: Findings
  readonly role: Role | undefined
}

/** Reads secrets, merges defaults, checks what spans sections. Whole only if `findings` got no problem. */
export async function resolveConfig(
  sections: Sections,
  { env, folder, findings, role }: ResolveOptions,
): Promise<Config> {
  const secrets = createSecretReader({ env, folder, findings })
  const security = {
    allowInsecureHttp: sections.security.allowInsecureHttp ?? false,
    allowLocalRepos: sections.security.allowLocalRepos ?? false,
    requireServiceAccount: sections.security.requireServiceAccount ?? false,
  }
  const { allowInsecureHttp } = security

  const forges = new Map<string, ForgeSettings | undefined>()
  for (const [key, forge] of sections.forges) {
    forges.set(key, await resolveForge(key, forge, { allowInsecureHttp, role, secrets, findings }))
  }
  const clusters = new Map<string, ClusterSettings>()
  for (const [name, cluster] of sections.clusters) {
    if (cluster !== undefined)
      clusters.set(name, resolveCluster(name, cluster, { folder, findings }))
  }
  const clusterNames = new Set(sections.clusters.keys())
  const applications = new Map<string, Application>()
  for (const [name, entry] of sections.applications) {
    const declared = mergeDefaults(name, entry, sections.defaults)
    const context = { forges, clusterNames, security, role, secrets, findings }
    const application = await resolveApplication(declared, context)
    if (application !== undefined) applications.set(name, application)
  }
  checkNames(sections, findings)
  checkOverlaps(applications.values(), findings)

  return {
    server: resolveServer(sections.server, findings),
    redisUrl: await resolveRedis(sections.redis, secrets, findings),
    dataDir: resolve(folder, sections.dataDir ?? defaultDataDir),
    forges: new Map(Array.from(forges).filter(isDefined)),
    clusters,
    witnesses: resolveWitnesses(sections.clusters, { folder, findings }),
    applications,
    security,
  }
}

function checkNames(sections: Sections, findings: Findings): void {
  for (const section of ['forges', 'clusters', 'applications'] as const) {
    for (const name of sections[section].keys()) {
      const fault = EntryName.safeParse(name).error?.issues[0]
      if (fault !== undefined) findings.problem([section, name], fault.message)
    }
  }
}

function isDefined<T>(entry: [string, T | undefined]): entry is [string, T] {
  return entry[1] !== undefined
}
