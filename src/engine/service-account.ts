import type { ObjectClient } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'

/**
 * Throws PLAN_SERVICE_ACCOUNT_MISSING when the configured ServiceAccount is not there: the
 * apiserver impersonates a missing one without complaint wherever a binding names it.
 */
export async function requireServiceAccount(
  own: Pick<ObjectClient, 'get'>,
  application: Pick<Application, 'name' | 'serviceAccount'>,
): Promise<void> {
  const account = application.serviceAccount
  if (account === undefined) return
  const ref = { group: '', version: 'v1', kind: 'ServiceAccount', ...account }
  if ((await own.get(ref)) !== undefined) return
  throw new StageError(
    'PLAN_SERVICE_ACCOUNT_MISSING',
    `ServiceAccount ${account.namespace}/${account.name} of application ${application.name} does not exist; create it, or correct applications.${application.name}.serviceAccount`,
  )
}
