import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StageError } from '../../domain/error.ts'
import { confine } from '../confined-path.ts'
import { isRemoteReference } from '../remote-reference.ts'

/** The value files as paths from the checkout's root, or RENDER_REFUSED for any that is not one. */
export async function findValueFiles(
  root: string,
  path: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = []
  for (const file of files) found.push(await findValueFile(root, path, file))
  return found
}

// helm splits the flag at commas, and quotes would hide one.
const splitting = /[,"\n\r]/

async function findValueFile(root: string, path: string, file: string): Promise<string> {
  if (isRemoteReference(file) || splitting.test(file) || file.trim() !== file || file === '-') {
    throw refused(file, 'it is no path inside the repository')
  }
  const target = await confine(root, path, file)
  if (target.kind === 'outside') throw refused(file, 'it leads out of the repository')
  if (target.kind === 'missing') throw refused(file, 'it does not exist')
  if (!(await stat(join(root, target.path))).isFile()) throw refused(file, 'it is no file')
  return target.path
}

function refused(file: string, reason: string): StageError {
  const shown = JSON.stringify(file.slice(0, 200))
  return new StageError('RENDER_REFUSED', `helm value file ${shown} is refused: ${reason}`)
}
