interface HookJob {
  readonly name?: string
  readonly generateName?: string
  readonly annotations: Readonly<Record<string, string>>
  /** How kwok lets its pod end; left out: it completes. */
  readonly testPod?: 'exit-code-1' | 'never-ready'
  readonly image?: string
}

/** A Job of one try, as a migration is. */
export function hookJobYaml({
  annotations,
  testPod,
  image = 'migrate:1',
  ...named
}: HookJob): string {
  const labels = { app: 'migrate', ...(testPod && { 'landfall.dev/test-pod': testPod }) }
  return `${JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...named, annotations },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'migrate', image: `registry.example/${image}` }],
        },
      },
    },
  })}\n`
}

export const preSync = { 'landfall.dev/hook': 'pre-sync' }
export const postSync = { 'landfall.dev/hook': 'post-sync' }
