import type { Cluster, ResourceMapping } from '../../cluster/cluster.ts'
import type { Review } from '../../cluster/review.ts'
import type { Application } from '../../domain/application.ts'
import type { Finding } from './finding.ts'
import { leadRights, sightRights } from './needed-rights.ts'
import { rightsFindings } from './rights-findings.ts'

/** A cluster, and who looks at it. */
export interface Place {
  readonly about: string
  readonly cluster: Cluster
  readonly review: Review
}

/** What watching needs; a cluster without applications is not watched. */
export async function watchFindings(
  { about, cluster, review }: Place,
  applications: readonly Application[],
): Promise<readonly Finding[]> {
  if (applications.length === 0) return []
  const purpose = 'to watch'
  const lead = leadRights()
  const findings = await rightsFindings(review, { about, needed: lead, purpose })
  if (findings.some(({ level }) => level !== 'ok')) return findings
  const kinds = await kindsByApplication(cluster)
  const sights = applications.map((application) =>
    rightsFindings(review, {
      about: `application ${application.name}`,
      needed: (kinds.get(application.name) ?? []).flatMap((kind) => sightRights(application, kind)),
      purpose,
    }),
  )
  return [...findings, ...(await Promise.all(sights)).flat()]
}

/** As the watcher itself learns them: it need not read a single inventory. */
async function kindsByApplication({ own, inventory, discovery }: Cluster) {
  const { items } = await own.list(inventory.query)
  const kinds = new Map<string, ResourceMapping[]>()
  for (const item of items) {
    const found = inventory.parse(item)
    const entries = found?.inventory?.entries ?? []
    const distinct = new Map(entries.map((entry) => [`${entry.group}/${entry.kind}`, entry]))
    const mappings = await Promise.all(
      Array.from(distinct.values(), ({ group, kind }) => discovery.find({ group, kind })),
    )
    const served = mappings.filter((mapping) => mapping !== undefined)
    if (found !== undefined) kinds.set(found.application, served)
  }
  return kinds
}
