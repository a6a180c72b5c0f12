import type { Application } from '../../domain/application.ts'
import { type Finding, warning } from './finding.ts'
import type { Place } from './watch-findings.ts'

/** Inventories of applications that are not configured (any more): what they have stays for ever. */
export async function unconfiguredFindings(
  { about, cluster: { own, inventory }, review }: Place,
  applications: readonly Application[],
): Promise<readonly Finding[]> {
  const { query } = inventory
  const { group, namespace } = query
  const right = { verb: 'list', group, resource: 'configmaps', ...(namespace && { namespace }) }
  if (!(await review.may(right))) return []
  const configured = new Set(applications.map(({ name }) => name))
  const { items } = await own.list(query)
  return items.flatMap((item) => {
    const found = inventory.parse(item)
    if (found === undefined || configured.has(found.application)) return []
    const { application, inventory: left } = found
    const count =
      left === undefined ? 'an inventory that cannot be read' : many(left.entries.length)
    const text = `application ${application} is not configured, and has ${count} here`
    const mend = `unless another Landfall deploys it: landfall remove ${application} lets go of them, with --prune it deletes them`
    return [warning(about, text, mend)]
  })
}

function many(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`
}
