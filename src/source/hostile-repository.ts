import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'

const gitmodules = '[submodule "probe"]\n\tpath = probe\n\turl = --upload-pack=touch\n'
const nobody = 'probe <probe@landfall.invalid> 0 +0000'

/**
 * Puts a commit on `main` of an empty bare repository whose .gitmodules has an option for a URL
 * (CVE-2018-17456). Written by hand: git itself may refuse to.
 */
export async function hostileRepository(gitDir: string): Promise<void> {
  const blob = await writeObject(gitDir, 'blob', Buffer.from(gitmodules))
  const entry = [Buffer.from('100644 .gitmodules\0'), Buffer.from(blob, 'hex')]
  const tree = await writeObject(gitDir, 'tree', Buffer.concat(entry))
  const text = `tree ${tree}\nauthor ${nobody}\ncommitter ${nobody}\n\nprobe\n`
  const commit = await writeObject(gitDir, 'commit', Buffer.from(text))
  await writeFile(join(gitDir, 'refs', 'heads', 'main'), `${commit}\n`)
}

async function writeObject(gitDir: string, type: string, content: Buffer): Promise<string> {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const id = createHash('sha1').update(bytes).digest('hex')
  const file = join(gitDir, 'objects', id.slice(0, 2), id.slice(2))
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, deflateSync(bytes))
  return id
}
