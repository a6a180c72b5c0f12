import { mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isStaticProgram } from './is-static-program.ts'

/** Where a program in a jail finds the folder it works on, and the only one it may write to. */
export const checkoutDir = '/checkout'
export const tempDir = '/tmp'

const nullDevice = '/dev/null'

/** A root directory that is yet to be mounted. */
export interface Jail {
  readonly root: string
  /** What to mount, in the form of fstab(5). */
  readonly fstab: string
  /** The program, as seen from inside. */
  readonly file: string
  /** The other one, likewise; '' where there is none. */
  readonly helper: string
}

interface JailedProgram {
  readonly file: string
  readonly helper?: string | undefined
  readonly root: string
  readonly caps: { readonly fileBytes: number }
}

// A program that is not static, or a script, needs them. The rest of /usr may hold anything.
const systemDirs = ['/bin', '/sbin', '/lib', '/lib64', '/usr/bin', '/usr/sbin', '/usr/lib']
const moreSystemDirs = ['/usr/lib64', '/usr/libexec', '/usr/local/lib', '/nix/store']

/**
 * Prepares empty folders below `own` and the list of what is mounted over them, in a mount
 * namespace that only the program will be in: nothing here needs to be undone.
 */
export async function makeJail(program: JailedProgram, own: string): Promise<Jail> {
  const root = join(own, 'jail')
  const programs = [program.file, ...(program.helper === undefined ? [] : [program.helper])]
  const inside = programs.map((one, index) => join('/tool', String(index), basename(one)))
  const areStatic = await Promise.all(programs.map(isStaticProgram))
  const dirs = areStatic.every(Boolean) ? [] : await existing()
  for (const dir of [...inside.map(dirname), '/dev', checkoutDir, tempDir, ...dirs]) {
    await mkdir(join(root, dir), { recursive: true })
  }
  for (const target of [...inside, nullDevice]) await writeFile(join(root, target), '')
  const real = await Promise.all(programs.map((one) => realpath(one)))
  const size = `size=${program.caps.fileBytes},nr_inodes=4096,mode=0700`
  const mounts = [
    bind(root, root, 'noexec'),
    ...inside.map((target, index) => bind(real[index] ?? '', join(root, target))),
    bind(program.root, join(root, checkoutDir), 'noexec'),
    line(nullDevice, join(root, nullDevice), 'none', 'bind,nosuid,noexec'),
    line('tmpfs', join(root, tempDir), 'tmpfs', `nosuid,nodev,noexec,${size}`),
    ...dirs.map((dir) => bind(dir, join(root, dir))),
  ]
  const fstab = join(own, 'fstab')
  await writeFile(fstab, mounts.join(''))
  const [file = '', helper = ''] = inside
  return { root, fstab, file, helper }
}

async function existing(): Promise<readonly string[]> {
  const found: string[] = []
  for (const dir of [...systemDirs, ...moreSystemDirs]) {
    if (
      await stat(dir).then(
        (entry) => entry.isDirectory(),
        () => false,
      )
    )
      found.push(dir)
  }
  return found
}

function bind(source: string, target: string, ...options: readonly string[]): string {
  return line(source, target, 'none', ['bind', 'ro', 'nosuid', 'nodev', ...options].join(','))
}

function line(source: string, target: string, type: string, options: string): string {
  return `${escape(source)} ${escape(target)} ${type} ${options} 0 0\n`
}

// fstab(5) writes what separates its fields as octal numbers.
function escape(path: string): string {
  return path.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
