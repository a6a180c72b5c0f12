import type { KubeObject } from '../../domain/kube-object.ts'
import { aggregatedRole } from './aggregated-role.ts'
import { caBundle } from './ca-bundle.ts'
import { identify } from './identify.ts'
import { listKeys } from './list-keys.ts'
import { portProtocol } from './port-protocol.ts'
import type { Notes, Rule } from './rule.ts'
import { secretData } from './secret-data.ts'
import { stripServerFields } from './server-fields.ts'

// listKeys before portProtocol: it finds a port's line as long as the port is not a copy.
const rules: readonly Rule[] = [
  stripServerFields,
  secretData,
  listKeys,
  portProtocol,
  aggregatedRole,
  caBundle,
]

/** One document's object as server-side apply wants it; undefined when it is none. */
export function normalizeObject(value: unknown, notes: Notes): KubeObject | undefined {
  const object = identify(value, notes)
  return object && rules.reduce((copy, rule) => rule(copy, notes), object)
}
