import { refOf } from '../../domain/kube-object.ts'
import type { Rule } from './rule.ts'
import { omit } from './update-at.ts'

/** The controller owns the rules of an aggregated ClusterRole. */
export const aggregatedRole: Rule = (object) => {
  const { group, kind } = refOf(object)
  const applies = group === 'rbac.authorization.k8s.io' && kind === 'ClusterRole'
  const aggregated = object['aggregationRule'] !== undefined && object['aggregationRule'] !== null
  return applies && aggregated ? omit(object, ['rules']) : object
}
