import type { Cluster, ResourceMapping } from '../../cluster/cluster.ts'
import type { Review } from '../../cluster/review.ts'
import type { Application } from '../../domain/application.ts'
import { requireServiceAccount } from '../../engine/service-account.ts'
import { type Finding, failed, ok, warning } from './finding.ts'
import {
  accountRights,
  deployRights,
  followRights,
  type NeededRight,
  watchRights,
} from './needed-rights.ts'
import { rightsFindings } from './rights-findings.ts'

interface Look {
  readonly application: Application
  readonly cluster: Cluster
  readonly review: Review
}

/** An application in its cluster: its account, and the rights for the kinds deployed so far. */
export async function lookAtApplication(look: Look): Promise<readonly Finding[]> {
  const { application, cluster, review } = look
  const about = `application ${application.name}`
  const account = application.serviceAccount
  try {
    if (account !== undefined) {
      const lacking = await rightsFindings(review, { about, needed: accountRights(account) })
      if (lacking.some(({ level }) => level === 'problem')) return lacking
    }
    await requireServiceAccount(cluster.own, application)
    const kinds = await deployedKinds(cluster, application)
    const followed = kinds.flatMap((kind) => followRights(application, kind))
    const needed = kinds.flatMap((kind) => deployRights(application, kind))
    return [
      kindsFinding(about, kinds),
      ...(await namespaceFindings(look, about)),
      ...(await rightsFindings(review, {
        about,
        needed: [...followed, ...watchRights(application)],
      })),
      ...(await rightsFindings(review, { about, account, needed })),
    ]
  } catch (error) {
    return [failed(about, error)]
  }
}

async function deployedKinds(
  { inventory, discovery }: Cluster,
  { name }: Application,
): Promise<readonly ResourceMapping[]> {
  const { entries } = await inventory.read(name)
  const found = new Map<string, ResourceMapping>()
  for (const { group, kind } of entries) {
    const mapping = await discovery.find({ group, kind })
    if (mapping !== undefined) found.set(`${group}/${kind}`, mapping)
  }
  return Array.from(found.values())
}

function kindsFinding(about: string, kinds: readonly ResourceMapping[]): Finding {
  return kinds.length === 0
    ? ok(about, 'nothing is deployed yet, so its kinds are not known')
    : ok(about, `it deploys ${kinds.map(({ kind }) => kind).join(', ')}`)
}

async function namespaceFindings(
  { application: { name, namespace }, cluster: { own }, review }: Look,
  about: string,
): Promise<readonly Finding[]> {
  const right: NeededRight = { verb: 'get', group: '', resource: 'namespaces', name: namespace }
  if (!(await review.may(right))) return []
  const ref = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: namespace }
  if ((await own.get(ref)) !== undefined) return []
  const text = `namespace ${namespace} does not exist`
  return [
    warning(
      about,
      text,
      `create it, commit it with the objects, or correct applications.${name}.namespace`,
    ),
  ]
}
