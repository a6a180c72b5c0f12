import type { Cluster } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import type { Revision } from '../domain/revision.ts'
import type { Secret } from '../domain/secret.ts'
import type { Renderer } from '../render/create-renderer.ts'
import type { Rendered } from '../render/render.ts'
import type { Checkout, Source, TreeFiles } from '../source/source.ts'

export interface CommitDeps {
  readonly source: Source
  readonly renderer: Renderer
  /** What a chart may ask. */
  readonly discovery: Pick<Cluster['discovery'], 'version' | 'apiVersions'>
}

/** What a commit is rendered to. Throws SOURCE_* and RENDER_* errors; leaves no checkout behind. */
export async function renderCommit(
  { source, renderer, discovery }: CommitDeps,
  application: Application,
  {
    revision,
    signal,
    onDecrypted,
  }: {
    readonly revision: Revision
    readonly signal: AbortSignal
    /** Told what was decrypted before anything of it can be told. */
    readonly onDecrypted: (secrets: readonly Secret[]) => void
  },
): Promise<Rendered> {
  const checkouts: Promise<Checkout>[] = []
  let tree: Promise<TreeFiles> | undefined
  try {
    return await renderer.render({
      application,
      revision,
      pathTree: await source.pathTree(application, revision),
      tree: source.openTree(application, revision, signal),
      listFiles: async () => {
        tree ??= source.readTree(application, revision, signal)
        return (await tree).files
      },
      openPinned: (pin) => source.openPinned(pin, signal),
      fetchChart: (chart) => source.fetchChart(application, chart, signal),
      checkout: async (contents) => {
        const checkout = source.checkout(application, revision, signal, contents)
        checkouts.push(checkout)
        return (await checkout).root
      },
      capabilities: async () => ({
        kubeVersion: await discovery.version(),
        apiVersions: await discovery.apiVersions(),
      }),
      onDecrypted,
      signal,
    })
  } finally {
    const made = await Promise.allSettled(checkouts)
    for (const one of made) if (one.status === 'fulfilled') await one.value.dispose()
  }
}
