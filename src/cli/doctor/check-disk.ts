import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Check, type Finding, ok, problem, warning } from './finding.ts'

const mebibyte = 1024 * 1024
const littleBytes = 1024 * mebibyte
const noneBytes = 100 * mebibyte

/** Room for mirrors, checkouts and the own Redis. */
export const diskCheck: Check = {
  name: 'disk',
  async look({ config }) {
    const { bavail, bsize } = await statfs(nearest(config.dataDir))
    return [diskFinding(config.dataDir, bavail * bsize)]
  },
}

export function diskFinding(dataDir: string, freeBytes: number): Finding {
  const text = `${Math.floor(freeBytes / mebibyte)} MiB are free for ${dataDir}`
  const mend = 'make room, or move dataDir to another disk'
  if (freeBytes < noneBytes) return problem('disk', text, mend)
  return freeBytes < littleBytes ? warning('disk', text, mend) : ok('disk', text)
}

function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(dirname(folder))
}
