import type { CheckoutContents } from '../domain/commit-tree.ts'
import { readRemoteFiles } from './kustomize/remote-bases.ts'
import type { Needed } from './needed-files.ts'
import type { RenderInput } from './render.ts'

/** What a checkout needs that is not in the commit: charts, and files of other repositories. */
export async function addedFiles(
  input: RenderInput,
  { charts, remote }: Needed,
): Promise<Pick<CheckoutContents, 'added'>> {
  const fetched = await Promise.all(
    charts.map(async ({ chart, path }) => [path, await input.fetchChart(chart)] as const),
  )
  const files = remote === undefined ? [] : await readRemoteFiles(input, remote, remote.paths)
  const added = new Map([...fetched, ...files])
  return added.size === 0 ? {} : { added }
}
