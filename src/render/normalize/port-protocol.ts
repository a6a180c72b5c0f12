import { refOf } from '../../domain/kube-object.ts'
import { podSpecPath } from './pod-spec.ts'
import type { Rule } from './rule.ts'
import { isRecord, updateAt } from './update-at.ts'

/**
 * The protocol is part of a port's key in server-side apply: written out, a port is found again
 * whether Git names its protocol or not.
 */
export const portProtocol: Rule = (object) => {
  const { group, kind } = refOf(object)
  if (group === '' && kind === 'Service') {
    return updateAt(object, ['spec', 'ports', '*'], addProtocol)
  }
  const pods = podSpecPath(object)
  if (pods === undefined) return object
  return ['containers', 'initContainers'].reduce(
    (copy, containers) => updateAt(copy, [...pods, containers, '*', 'ports', '*'], addProtocol),
    object,
  )
}

function addProtocol(port: unknown): unknown {
  if (!isRecord(port) || (port['protocol'] !== undefined && port['protocol'] !== null)) return port
  return { ...port, protocol: 'TCP' }
}
