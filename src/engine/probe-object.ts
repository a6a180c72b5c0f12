import { type ErrorSubject, StageError } from '../domain/error.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import { isRecord } from './canonical-json.ts'
import { readField, readRecords } from './health/read-field.ts'

const nameKinds = ['CustomResourceDefinition', 'APIService']
// Of a Job: its pods bear its name as a label.
const longestStem = 55

/**
 * The object under a name of its own, for a dry-run that creates it: whether the server would accept
 * it, whatever bears its name now. undefined: its name is part of what is checked. The addresses and
 * node ports of a Service are left out where `holder`, which is to go first, has them; without one,
 * all are.
 */
export function probeObject(object: KubeObject, holder?: KubeObject): KubeObject | undefined {
  if (nameKinds.includes(object.kind)) return undefined
  const { generateName: _generateName, ...metadata } = object.metadata
  const stem = metadata.name.slice(0, longestStem).replace(/[^a-z0-9]+$/, '')
  const free = object.kind === 'Service' ? withoutHeld(object, holder) : object
  return { ...free, metadata: { ...metadata, name: `${stem}-dry-run` } }
}

/** What the server said of a probe, under the name of the object that it stands for. */
export function withRealName(
  error: StageError,
  { object, ref }: { readonly object: KubeObject; readonly ref: ObjectRef },
): StageError {
  const { name } = object.metadata
  if (name === ref.name) return error
  const real = (text: string) => text.replaceAll(name, ref.name)
  const subjects = error.subjects.map(
    (subject): ErrorSubject => ({
      ...subject,
      message: real(subject.message),
      ...(subject.object !== undefined && { object: real(subject.object) }),
    }),
  )
  const { code, retry, service } = error
  return new StageError(code, real(error.text), { cause: error, retry, service, subjects })
}

function withoutHeld(object: KubeObject, holder: KubeObject | undefined): KubeObject {
  const spec = object['spec']
  if (!isRecord(spec)) return object
  const held = holder === undefined ? undefined : new Set(numbersOf(holder))
  const isHeld = (value: unknown): boolean =>
    value !== 'None' && (held === undefined || held.has(value))
  const without = (record: Record<string, unknown>, names: readonly string[]) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))
  const names = [
    ...(addressesOf(object).some(isHeld) ? ['clusterIP', 'clusterIPs'] : []),
    ...(isHeld(spec['healthCheckNodePort']) ? ['healthCheckNodePort'] : []),
  ]
  const ports = readRecords(object, 'spec', 'ports').map((port) =>
    isHeld(port['nodePort']) ? without(port, ['nodePort']) : port,
  )
  return {
    ...object,
    spec: { ...without(spec, names), ...(ports.length > 0 && { ports }) },
  }
}

function numbersOf(service: KubeObject): unknown[] {
  const ports = readRecords(service, 'spec', 'ports').map((port) => port['nodePort'])
  const healthPort = readField(service, 'spec', 'healthCheckNodePort')
  return [...addressesOf(service), ...ports, healthPort].filter((one) => one !== undefined)
}

function addressesOf(service: KubeObject): unknown[] {
  const all = readField(service, 'spec', 'clusterIPs')
  const one = readField(service, 'spec', 'clusterIP')
  return [one, ...(Array.isArray(all) ? all : [])].filter((each) => each !== undefined)
}
