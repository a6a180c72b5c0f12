import type { Application } from '../../domain/application.ts'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'
import type { WitnessSettings } from '../../domain/settings.ts'
import { fieldManager } from '../manager-class.ts'
import { partOfLabel } from '../place-objects.ts'
import type { Asked } from './asked.ts'

export const configurationRef: ObjectRef = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  namespace: '',
  name: 'landfall-witness',
}

/** Each namespace has it, with its name. */
export const namespaceLabel = 'kubernetes.io/metadata.name'

interface Wanted {
  readonly endpoint: WitnessSettings['endpoint']
  readonly token: string
  /** PEM of what the API server trusts. */
  readonly bundle: string
  /** Those that are deployed to the cluster. */
  readonly applications: readonly Application[]
  /** As whom Landfall writes. */
  readonly users: readonly string[]
}

/**
 * What makes the API server ask: never longer than a second, never in the way when nobody answers.
 * What Landfall itself, and of scales and pods what kubelets and controllers do a thousand times a
 * day, is left out by the server, so that it costs no round trip.
 */
export function webhookConfiguration({
  endpoint,
  token,
  bundle,
  applications,
  users,
}: Wanted): KubeObject {
  const caBundle = Buffer.from(bundle).toString('base64')
  const common = (what: Asked) => ({
    name: `${what}.witness.landfall.dev`,
    clientConfig: { ...clientConfig(endpoint, witnessPath(token, what)), caBundle },
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: 1,
    namespaceSelector: {},
    objectSelector: {},
  })
  const places = namespaceSelector(applications)
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: configurationRef.kind,
    metadata: {
      name: configurationRef.name,
      labels: { 'app.kubernetes.io/name': 'landfall', 'app.kubernetes.io/component': 'witness' },
    },
    webhooks: [
      {
        ...common('objects'),
        objectSelector: { matchExpressions: [{ key: partOfLabel, operator: 'Exists' }] },
        rules: [rule(['CREATE', 'UPDATE', 'DELETE'], ['*'], ['*'])],
        matchConditions: [real, notCopied, notOurs(users)],
      },
      // Without an application nothing is anybody's.
      ...(applications.length === 0
        ? []
        : [
            {
              // A Scale has no labels to select by.
              ...common('scale'),
              ...places,
              rules: [rule(['UPDATE'], ['*'], ['*/scale'])],
              matchConditions: [real, notSystem],
            },
            {
              // Pods carry no label of ours: whose they are, their owners tell.
              ...common('pods'),
              ...places,
              rules: [
                rule(['CONNECT'], [''], ['pods/exec', 'pods/attach']),
                rule(['UPDATE'], [''], ['pods', 'pods/ephemeralcontainers', 'pods/resize']),
              ],
              matchConditions: [real, notSystem],
            },
          ]),
    ],
  }
}

function witnessPath(token: string, what: Asked): string {
  return `/witness/${token}/${what}`
}

function clientConfig(endpoint: WitnessSettings['endpoint'], path: string) {
  if (endpoint.kind === 'url') return { url: `${endpoint.url}${path}` }
  const { namespace, name, port } = endpoint
  return { service: { namespace, name, port, path } }
}

function rule(
  operations: readonly string[],
  apiGroups: readonly string[],
  resources: readonly string[],
) {
  return { operations, apiGroups, apiVersions: ['*'], resources, scope: '*' }
}

const real = { name: 'real', expression: '!has(request.dryRun) || !request.dryRun' }

// They copy the labels of their Service, and change with each pod.
const notCopied = {
  name: 'not-copied',
  expression: "!(request.resource.resource in ['endpoints', 'endpointslices'])",
}

const notSystem = {
  name: 'not-kubernetes-itself',
  expression: [
    "!('system:nodes' in request.userInfo.groups)",
    "!request.userInfo.username.startsWith('system:kube-')",
    "!request.userInfo.username.startsWith('system:serviceaccount:kube-system:')",
  ].join(' && '),
}

/** As `isOurs` has it. */
function notOurs(users: readonly string[]) {
  const names = users.map((user) => JSON.stringify(user)).join(', ')
  const isOurWrite = `has(request.options.fieldManager) && request.options.fieldManager == '${fieldManager}'`
  const isOurDelete = 'has(request.options.preconditions) && has(request.options.preconditions.uid)'
  return {
    name: 'not-landfall',
    expression: `!(request.userInfo.username in [${names}] && (request.operation == 'DELETE' ? ${isOurDelete} : ${isOurWrite}))`,
  }
}

/** Nothing where an application may have objects anywhere. */
function namespaceSelector(applications: readonly Application[]) {
  const namespaces = new Set(applications.flatMap(({ allow }) => allow.namespaces))
  if (namespaces.has('*') || namespaces.size === 0) return {}
  return {
    namespaceSelector: {
      matchExpressions: [
        {
          key: namespaceLabel,
          operator: 'In',
          values: [...namespaces].toSorted(),
        },
      ],
    },
  }
}
