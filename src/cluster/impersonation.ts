import type { ServiceAccountRef } from '../domain/application.ts'

/**
 * The API server adds a service account's groups by itself when none are named; naming them would
 * ask for the right to impersonate groups too, which is the right to become anybody.
 */
export function impersonationHeaders(
  serviceAccount: ServiceAccountRef | undefined,
): Record<string, string> {
  if (serviceAccount === undefined) return {}
  const { namespace, name } = serviceAccount
  return { 'impersonate-user': `system:serviceaccount:${namespace}:${name}` }
}
