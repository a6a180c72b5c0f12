/** Somebody who changes what Landfall has deployed, and what becomes of it. */
export interface ForeignWriter {
  readonly title: string
  /** Arguments of kubectl, one call after the other. */
  readonly calls: readonly (readonly string[])[]
  /** Of a call that reads its object from stdin. */
  readonly input?: string
  /** With kubectl's editor replaced by this sed script. */
  readonly edit?: string
  /** What kubectl says of the object afterwards, if it is left alone. */
  readonly left?: { readonly jsonpath: string; readonly is: string }
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

export const foreignWriters: readonly ForeignWriter[] = [
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
    input: JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c0' },
      data: { a: 'applied' },
    }),
  },
  {
    title: 'Lens, or a script in JavaScript (`node-fetch`)',
    calls: [patch('node-fetch', agent({ env: [{ name: 'LENS', value: '1' }] }))],
  },
  { title: 'k9s', calls: [patch('k9s', { spec: { replicas: 2 } })] },
  {
    title: 'a controller that adds an annotation of its own',
    calls: [patch('some-operator', { metadata: { annotations: { 'operator/seen': 'yes' } } })],
    left: { jsonpath: '{.metadata.annotations}', is: 'operator/seen' },
  },
  {
    title: 'a controller that changes what Git declares',
    calls: [patch('vpa-updater', agent({ image: 'resized:1' }))],
  },
  {
    title: 'a HorizontalPodAutoscaler',
    calls: [['autoscale', web, '--min=4', '--max=9']],
    left: { jsonpath: '{.spec.replicas}', is: '4' },
  },
]
