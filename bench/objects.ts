import type { Files } from '../test/support/git-repository.ts'

export const layouts = ['plain', 'kustomize', 'helm'] as const
export type Layout = (typeof layouts)[number]

/** Tells in which round an object was last written. */
export const roundAnnotation = 'bench.landfall.dev/round'

/** Objects are ConfigMaps and Deployments by turns. */
export function nameOf(index: number): string {
  return `${index % 2 === 0 ? 'config' : 'deploy'}-${index}`
}

/** Objects below `app/`, one a file, each as of that round. */
export function objectFiles(
  layout: Layout,
  indexes: readonly number[],
  round: string,
): Record<string, string> {
  const folder = layout === 'helm' ? 'app/templates' : 'app'
  return Object.fromEntries(
    indexes.map((index) => {
      const name = nameOf(index)
      const text = index % 2 === 0 ? configMap(name, round) : deployment(name, round)
      return [`${folder}/${name}.yaml`, text]
    }),
  )
}

/** What the layout needs besides. */
export function layoutFiles(layout: Layout, count: number): Files {
  switch (layout) {
    case 'plain':
      return {}
    case 'kustomize': {
      const names = Array.from({ length: count }, (_, index) => `  - ${nameOf(index)}.yaml\n`)
      return { 'app/kustomization.yaml': `resources:\n${names.join('')}` }
    }
    case 'helm':
      return { 'app/Chart.yaml': 'apiVersion: v2\nname: bench\nversion: 1.0.0\n' }
  }
}

function configMap(name: string, round: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  labels: {app: ${name}, tier: config}
  annotations: {${roundAnnotation}: ${round}}
data:
  round: ${round}
  settings.yaml: |
    listen: 0.0.0.0:8000
    workers: 8
    upstream: https://tasks.example.com/v1
    retries: {attempts: 5, backoff: 250ms}
`
}

/** No replicas: nothing here waits for a kubelet. */
function deployment(name: string, round: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}, tier: agent}
  annotations: {${roundAnnotation}: ${round}}
spec:
  replicas: 0
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}, tier: agent}}
    spec:
      containers:
        - name: agent
          image: myregistry.azurecr.io/task-agent:sha-abc123
          ports: [{containerPort: 8000}]
          env:
            - {name: ROUND, value: ${round}}
            - {name: LOG_LEVEL, value: info}
          resources:
            requests: {cpu: 50m, memory: 64Mi}
            limits: {memory: 128Mi}
          readinessProbe: {httpGet: {path: /healthz, port: 8000}}
`
}
