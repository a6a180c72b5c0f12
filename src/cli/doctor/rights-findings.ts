import type { Review } from '../../cluster/review.ts'
import type { ServiceAccountRef } from '../../domain/application.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import type { NeededRight } from './needed-rights.ts'

interface RightsQuestion {
  readonly about: string
  /** Who is asked for; undefined: Landfall itself. */
  readonly account?: ServiceAccountRef | undefined
  readonly needed: readonly NeededRight[]
  /** What for, where that is not plain: `to watch`. */
  readonly purpose?: string
}

const mend = 'grant it in a Role or ClusterRole; docs/security.md lists all that is needed'

/** One finding for each right that is missing, or one that says that none is. */
export async function rightsFindings(
  review: Review,
  { about, account, needed, purpose }: RightsQuestion,
): Promise<readonly Finding[]> {
  const answers = await Promise.all(needed.map((right) => review.may(right, account)))
  const missing = needed.filter((_, index) => answers[index] === false)
  const who =
    account === undefined ? 'Landfall' : `ServiceAccount ${account.namespace}/${account.name}`
  const why = purpose === undefined ? '' : ` ${purpose}`
  if (missing.length === 0) return [ok(about, `${who} has every right that is needed${why}`)]
  return missing.map((right) => {
    const text = `${who} may not ${sayRight(right)}${why}`
    return right.isOptional === true ? warning(about, text, mend) : problem(about, text, mend)
  })
}

function sayRight({ verb, group, resource, namespace, name }: NeededRight): string {
  const kind = group === '' ? resource : `${resource}.${group}`
  const place = namespace === undefined ? [] : ['in namespace', namespace]
  return [verb, kind, ...(name === undefined ? [] : [name]), ...place].join(' ')
}
