import type { KeptWitnessRecord } from './witness-record.ts'

/** What somebody asks about, as `kubectl` takes it. */
export interface WitnessedObject {
  /** A kind in any case, its plural, or one of kubectl's short names. */
  readonly kind: string
  readonly name: string
  /** undefined: in any. */
  readonly namespace: string | undefined
}

const shortNames: Readonly<Record<string, string>> = {
  cj: 'cronjob',
  cm: 'configmap',
  crd: 'customresourcedefinition',
  deploy: 'deployment',
  ds: 'daemonset',
  hpa: 'horizontalpodautoscaler',
  ing: 'ingress',
  netpol: 'networkpolicy',
  no: 'node',
  ns: 'namespace',
  pdb: 'poddisruptionbudget',
  po: 'pod',
  pv: 'persistentvolume',
  pvc: 'persistentvolumeclaim',
  rs: 'replicaset',
  sa: 'serviceaccount',
  sts: 'statefulset',
  svc: 'service',
}

/** Whether the record is about it: the application's object, or a pod of that. */
export function isAbout(
  { ref, pod }: Pick<KeptWitnessRecord, 'ref' | 'pod'>,
  wanted: WitnessedObject,
): boolean {
  const { name, namespace } = wanted
  const kind = kindOf(wanted.kind)
  const isIn = (one: string) => namespace === undefined || namespace === one
  if (pod !== undefined && kind === 'pod') return pod.name === name && isIn(pod.namespace)
  const kinds = [ref.kind, pluralOf(ref.kind)].map((one) => one.toLowerCase())
  return kinds.includes(kind) && ref.name === name && isIn(ref.namespace)
}

/** Of `deployments.apps` the group says nothing that the name does not. */
function kindOf(text: string): string {
  const [kind = ''] = text.toLowerCase().split('.')
  const short = shortNames[kind]
  if (short !== undefined) return short
  return kind === 'pods' ? 'pod' : kind
}

function pluralOf(kind: string): string {
  if (/(?:s|x|ch|sh)$/.test(kind)) return `${kind}es`
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`
}
