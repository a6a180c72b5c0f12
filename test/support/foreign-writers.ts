/** Somebody who changes what Landfall has deployed, and what becomes of it. */
export interface ForeignWriter {
  readonly title: string
  /** Arguments of kubectl, one call after the other. */
  readonly calls: readonly (readonly string[])[]
  /** Of a call that reads its object from stdin. */
  readonly input?: string
  /** With kubectl's editor replaced by this sed script. */
  readonly edit?: string
  /** As whom, where no person does it. */
  readonly user?: string
  /** A call that no kubelet is there to answer. */
  readonly fails?: boolean
  /** What a call says before the last one makes sense. */
  readonly before?: { readonly call: readonly string[]; readonly says: string }
  /** What kubectl says of the object afterwards, if it is left alone. */
  readonly left?: Left
  /** What is done when it was looked at: the next one finds all as it was. */
  readonly after?: readonly (readonly string[])[]
}

export interface Left {
  /** By default the Deployment. */
  readonly object?: string
  readonly jsonpath: string
  readonly is: string
}

const web = 'deployment/task-agent'
const patch = (manager: string, change: unknown, ...more: readonly string[]) => [
  'patch',
  web,
  `--field-manager=${manager}`,
  '-p',
  JSON.stringify(change),
  ...more,
]
const agent = (container: Readonly<Record<string, unknown>>) => ({
  spec: { template: { spec: { containers: [{ name: 'agent', ...container }] } } },
})
const dryRun = ['--dry-run=server', '--output=json']
const operator = 'system:serviceaccount:ops:operator'
const configMap = (value: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c0' },
    data: { a: value },
  })

/** The configuration of a webhook as Git has it: who asks it trusts what a controller injects. */
export function webhookOf(namespace: string) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `ca-${namespace}` },
    webhooks: [
      {
        name: 'never.example.com',
        admissionReviewVersions: ['v1'],
        clientConfig: { url: 'https://127.0.0.1:1/' },
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        rules: [
          {
            apiGroups: ['nothing.example.com'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['nothings'],
          },
        ],
      },
    ],
  }
}

interface Scene {
  readonly namespace: string
  /** PEM, as base64. */
  readonly ca: string
  /** The configuration of a mutating webhook. */
  readonly webhook: object
}

export const foreignWriters = ({ namespace, ca, webhook }: Scene): readonly ForeignWriter[] => [
  { title: '`kubectl scale`', calls: [['scale', web, '--replicas=5']] },
  { title: '`kubectl set image`', calls: [['set', 'image', web, 'agent=other:1']] },
  { title: '`kubectl set env`', calls: [['set', 'env', web, 'DEBUG=true']] },
  { title: '`kubectl edit`', calls: [['edit', web]], edit: 's/replicas: 3/replicas: 1/' },
  {
    title: '`kubectl patch`',
    calls: [['patch', web, '-p', JSON.stringify(agent({ image: 'patched:1' }))]],
  },
  { title: '`kubectl label`', calls: [['label', web, 'team=blue']] },
  { title: '`kubectl annotate`', calls: [['annotate', web, 'note=by hand']] },
  {
    title: '`kubectl rollout restart`',
    calls: [['rollout', 'restart', web]],
    left: { jsonpath: '{.spec.template.metadata.annotations}', is: 'restartedAt' },
  },
  {
    title: '`kubectl rollout undo` to another image',
    calls: [
      ['set', 'image', web, 'agent=undone:1', '--field-manager=kubectl-set'],
      ['rollout', 'undo', web],
    ],
  },
  { title: '`kubectl delete`', calls: [['delete', 'service/task-agent']] },
  {
    title: '`kubectl apply` of a file with another value',
    calls: [['apply', '-f', '-']],
    input: configMap('applied'),
  },
  {
    title: '`kubectl replace` by a file with another value',
    calls: [['replace', '-f', '-']],
    input: configMap('replaced'),
  },
  {
    title: '`kubectl exec`',
    calls: [['exec', web, '--', 'sh']],
    fails: true,
    left: { jsonpath: '{.spec.replicas}', is: '3' },
  },
  {
    title: 'Lens, or a script in JavaScript (`node-fetch`)',
    calls: [patch('node-fetch', agent({ env: [{ name: 'LENS', value: '1' }] }))],
  },
  { title: 'k9s', calls: [patch('k9s', { spec: { replicas: 2 } })] },
  {
    title: 'a controller that adds an annotation of its own',
    user: operator,
    calls: [patch('some-operator', { metadata: { annotations: { 'operator/seen': 'yes' } } })],
    left: { jsonpath: '{.metadata.annotations}', is: 'operator/seen' },
  },
  {
    title: 'a controller that changes what Git declares',
    user: operator,
    calls: [patch('vpa-updater', agent({ image: 'resized:1' }))],
  },
  {
    title: 'a controller that injects a CA, as cert-manager does',
    user: operator,
    calls: [
      [
        'patch',
        `validatingwebhookconfiguration/ca-${namespace}`,
        '--field-manager=cainjector',
        '--type=json',
        '-p',
        JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: ca }]),
      ],
    ],
    left: {
      object: `validatingwebhookconfiguration/ca-${namespace}`,
      jsonpath: '{.webhooks[0].clientConfig.caBundle}',
      is: ca,
    },
  },
  {
    title: 'a mutating webhook that adds an annotation to each Deployment',
    calls: [
      ['apply', '-f', '-'],
      ['scale', web, '--replicas=6'],
    ],
    input: JSON.stringify(webhook),
    before: {
      call: [...patch('probe', { metadata: { labels: { probe: '1' } } }), ...dryRun],
      says: 'example.com/stamped',
    },
    left: {
      jsonpath: '{.metadata.annotations.example\\.com/stamped} {.spec.replicas}',
      is: 'yes 3',
    },
    after: [['delete', 'mutatingwebhookconfiguration', `stamp-${namespace}`]],
  },
  {
    title: 'a HorizontalPodAutoscaler',
    calls: [['autoscale', web, '--min=4', '--max=9']],
    left: { jsonpath: '{.spec.replicas}', is: '4' },
  },
  {
    title: 'another GitOps tool (`kustomize-controller`) that applies the object',
    user: 'system:serviceaccount:flux-system:kustomize-controller',
    calls: [
      [
        'apply',
        '--server-side',
        '--force-conflicts',
        '--field-manager=kustomize-controller',
        '-f',
        '-',
      ],
    ],
    input: configMap('of another tool'),
  },
]
