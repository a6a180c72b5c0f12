import type { Application } from '../../domain/application.ts'

/** As whom Landfall writes, sorted: its own users, and the accounts that applications have. */
export function ownUsers(
  applications: readonly Application[],
  own: readonly string[],
): readonly string[] {
  const accounts = applications.flatMap(({ serviceAccount }) =>
    serviceAccount === undefined
      ? []
      : [`system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`],
  )
  return [...new Set([...own, ...accounts])].toSorted()
}
