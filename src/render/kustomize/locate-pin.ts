import { posix } from 'node:path'
import type { Origin } from '../../domain/change.ts'
import type { CommitTree } from '../../domain/commit-tree.ts'
import { lineOfText } from './line-of-text.ts'
import { repositoryAt } from './remote-base.ts'
import type { RemoteFiles } from './remote-bases.ts'

/** Where this repository names the other one that a file is in; undefined: nowhere, or in several places. */
export function createLocatePin(
  tree: Pick<CommitTree, 'find' | 'read'>,
  remote: RemoteFiles | undefined,
): (file: string) => Promise<Origin | undefined> {
  const pins = Array.from(remote?.rewrites ?? []).flatMap(([own, bases]) =>
    repositoryAt(own) === ''
      ? Array.from(bases, ([text, base]) => pinOf(tree, { own, text, base }))
      : [],
  )
  return async (file) => {
    const known = pins.filter(({ folder }) => repositoryAt(folder) === repositoryAt(file))
    const nearest = known.filter(({ folder }) => file.startsWith(`${folder}/`))
    const [pin] = [nearest, known].find(({ length }) => length === 1) ?? []
    return pin?.origin()
  }
}

/** A text of a kustomization, and the folder of the checkout that stands for it. */
function pinOf(
  tree: Pick<CommitTree, 'find' | 'read'>,
  { own, text, base }: { readonly own: string; readonly text: string; readonly base: string },
) {
  let line: Promise<number> | undefined

  async function findLine(): Promise<number> {
    const item = await tree.find(own)
    return item === undefined ? 1 : lineOfText((await tree.read(item)).toString('utf8'), text)
  }

  return {
    folder: posix.join(posix.dirname(own), base),
    async origin(): Promise<Origin> {
      line ??= findLine()
      return { file: own, line: await line }
    },
  }
}
