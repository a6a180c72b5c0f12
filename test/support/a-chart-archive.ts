import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A chart as `helm package` writes it, of files below the folder `db`; a Chart.yaml of that name and
 * version is added.
 */
export async function aChartArchive(
  files: Readonly<Record<string, string>>,
  { name = 'db', version = '1.0.0' } = {},
): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  try {
    const chart = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`
    const all = Object.entries({ [`${name}/Chart.yaml`]: chart, ...files })
    for (const [path, content] of all) {
      const file = join(dir, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    }
    const archive = join(dir, 'archive.tgz')
    await run('tar', ['-czf', archive, '-C', dir, name])
    return await readFile(archive)
  } finally {
    await rm(dir, { recursive: true })
  }
}
