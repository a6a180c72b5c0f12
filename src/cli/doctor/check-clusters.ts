import type { Cluster } from '../../cluster/cluster.ts'
import { createCluster } from '../../cluster/create-cluster.ts'
import { createReview, type Review } from '../../cluster/review.ts'
import type { Application } from '../../domain/application.ts'
import type { ClusterSettings } from '../../domain/settings.ts'
import { readVersion } from '../version.ts'
import { clockFinding } from './clock-finding.ts'
import { type Check, type Finding, failed, ok } from './finding.ts'
import { lookAtApplication } from './look-at-application.ts'
import { ownRights } from './needed-rights.ts'
import { rightsFindings } from './rights-findings.ts'
import { unconfiguredFindings } from './unconfigured-findings.ts'

/** Each cluster: whether it answers, what time it is there, and every right that is needed. */
export const clusterCheck: Check = {
  name: 'clusters',
  async look({ config }) {
    const applications = Array.from(config.applications.values())
    const looks = Array.from(config.clusters.values(), (settings) =>
      lookAt(
        settings,
        applications.filter(({ cluster }) => cluster === settings.name),
      ),
    )
    return (await Promise.all(looks)).flat()
  },
}

async function lookAt(
  settings: ClusterSettings,
  applications: readonly Application[],
): Promise<readonly Finding[]> {
  const about = `cluster ${settings.name}`
  const deps = { version: readVersion() }
  const cluster = createCluster(settings, deps)
  const review = createReview(settings, deps)
  try {
    const version = await cluster.discovery.version()
    const needed = ownRights(await hasOwnNamespace(cluster, review))
    const looks = applications.map((application) =>
      lookAtApplication({ application, cluster, review }),
    )
    return [
      ok(about, `Kubernetes ${version} answers`),
      clockFinding(about, await review.clockSkewMs()),
      ...(await rightsFindings(review, { about, needed })),
      ...(await unconfiguredFindings({ about, cluster, review }, applications)),
      ...(await Promise.all(looks)).flat(),
    ]
  } catch (error) {
    return [failed(about, error)]
  } finally {
    await Promise.all([cluster.close(), review.close()])
  }
}

// Who may not look has an operator who created it beforehand.
async function hasOwnNamespace({ own }: Cluster, review: Review): Promise<boolean> {
  const name = 'landfall-system'
  if (!(await review.may({ verb: 'get', group: '', resource: 'namespaces', name }))) return true
  const ref = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name }
  return (await own.get(ref)) !== undefined
}
