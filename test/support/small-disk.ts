import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A disk of one process, which others can fill. */
export interface SmallDisk {
  /** Until so many bytes are left. */
  fill(leftBytes?: number): Promise<void>
  /** Makes room again. */
  free(): Promise<void>
}

const script =
  'mkdir -p "$0" && mount -t tmpfs -o "size=$1" none "$0" && cd "$2" && shift 2 && exec "$@"'

/** Runs the command that follows it in `cwd`, with a disk of its own where `folder` is. */
export function onSmallDisk(folder: string, bytes: number, cwd = '.'): string[] {
  const own = ['unshare', '--user', '--map-root-user', '--mount']
  return [...own, '/bin/sh', '-c', script, folder, String(bytes), cwd]
}

/** Whether this machine lets a user mount a disk that only the user's own processes see. */
export async function canMountDisks(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-disk-'))
  const [file = '', ...args] = onSmallDisk(folder, 65_536, folder)
  try {
    await promisify(execFile)(file, [...args, 'true'])
    return true
  } catch {
    return false
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The disk that the process sees at `folder`. */
export function diskOf(pid: number, folder: string): SmallDisk {
  const seen = `/proc/${pid}/root${folder}`
  const filler = join(seen, 'filler')
  return {
    async fill(leftBytes = 0) {
      const file = await open(filler, 'a')
      try {
        for (;;) {
          const { bavail, bsize } = await statfs(seen)
          const bytes = Math.min(bavail * bsize - leftBytes, 1024 ** 2)
          if (bytes <= 0) return
          await file.write(Buffer.alloc(bytes))
        }
      } finally {
        await file.close()
      }
    },
    free: () => rm(filler, { force: true }),
  }
}
