import type { Cluster } from '../../cluster/cluster.ts'
import { createCluster } from '../../cluster/create-cluster.ts'
import { createReview, type Review } from '../../cluster/review.ts'
import type { Application } from '../../domain/application.ts'
import { ownNamespace } from '../../domain/own-namespace.ts'
import { does, type Role } from '../../domain/role.ts'
import type { ClusterSettings } from '../../domain/settings.ts'
import { readVersion } from '../version.ts'
import { clockFinding } from './clock-finding.ts'
import { type Check, type Finding, failed, ok } from './finding.ts'
import { lookAtApplication } from './look-at-application.ts'
import { ownRights } from './needed-rights.ts'
import { rightsFindings } from './rights-findings.ts'
import { unconfiguredFindings } from './unconfigured-findings.ts'
import { type Place, watchFindings } from './watch-findings.ts'

/** Each cluster: whether it answers, what time it is there, and every right that is needed. */
export const clusterCheck: Check = {
  name: 'clusters',
  roles: ['worker', 'watcher'],
  async look({ config, role }) {
    const applications = Array.from(config.applications.values())
    const looks = Array.from(config.clusters.values(), (settings) =>
      lookAt(
        settings,
        applications.filter(({ cluster }) => cluster === settings.name),
        role,
      ),
    )
    return (await Promise.all(looks)).flat()
  },
}

async function lookAt(
  settings: ClusterSettings,
  applications: readonly Application[],
  role: Role | undefined,
): Promise<readonly Finding[]> {
  const about = `cluster ${settings.name}`
  const deps = { version: readVersion() }
  const cluster = createCluster(settings, deps)
  const review = createReview(settings, deps)
  try {
    const version = await cluster.discovery.version()
    const place = { about, cluster, review }
    return [
      ok(about, `Kubernetes ${version} answers`),
      clockFinding(about, await review.clockSkewMs()),
      ...(does(role, 'worker') ? await workerFindings(place, applications) : []),
      ...(does(role, 'watcher') ? await watchFindings(place, applications) : []),
      ...(await unconfiguredFindings(place, applications)),
    ]
  } catch (error) {
    return [failed(about, error)]
  } finally {
    await Promise.all([cluster.close(), review.close()])
  }
}

async function workerFindings(
  { about, cluster, review }: Place,
  applications: readonly Application[],
): Promise<readonly Finding[]> {
  const needed = ownRights(await hasOwnNamespace(cluster, review))
  const looks = applications.map((application) =>
    lookAtApplication({ application, cluster, review }),
  )
  return [
    ...(await rightsFindings(review, { about, needed })),
    ...(await Promise.all(looks)).flat(),
  ]
}

// Who may not look has an operator who created it beforehand.
async function hasOwnNamespace({ own }: Cluster, review: Review): Promise<boolean> {
  const name = ownNamespace
  if (!(await review.may({ verb: 'get', group: '', resource: 'namespaces', name }))) return true
  const ref = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name }
  return (await own.get(ref)) !== undefined
}
