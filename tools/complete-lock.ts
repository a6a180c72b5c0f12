import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * npm leaves out of the lock file an optional package that the registry it asked does not serve, such as
 * the binary of another platform, and `npm ci` then refuses the file. This adds them: version as their
 * parent pins it, platform as their name says. Run it after any change of dependencies.
 */
const path = 'package-lock.json'
const platform: Readonly<Record<string, readonly string[]>> = {
  os: ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'],
  cpu: ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'],
  libc: ['gnu', 'musl'],
}

const locked = z.looseObject({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
})
const file = z.looseObject({ packages: z.record(z.string(), z.looseObject({})) })

const lock = file.parse(JSON.parse(readFileSync(path, 'utf8')))
const added = Object.entries(lock.packages).flatMap(([parent, entry]) => complete(parent, entry))
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
if (added.length > 0) {
  const text = JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)
  writeFileSync(path, `${text}\n`)
}
process.stdout.write(`${path}: ${added.length} optional packages added\n`)

function complete(parent: string, entry: unknown): string[] {
  const { dev, optionalDependencies } = locked.parse(entry)
  const missing = Object.entries(optionalDependencies).filter(([name]) => !isLocked(parent, name))
  for (const [name, version] of missing) {
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}@${version}: not an exact version`)
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(dev === true ? { dev } : {}),
      optional: true,
    }
  }
  return missing.map(([name]) => name)
}

function isLocked(parent: string, name: string): boolean {
  const nested = parent === '' ? '' : `${parent}/node_modules/${name}`
  return nested in lock.packages || `node_modules/${name}` in lock.packages
}

function platformOf(name: string): Record<string, string[]> {
  const words = name.split(/[-/]/)
  const found = Object.entries(platform).map(([key, values]) => {
    const value = values.find((candidate) => words.some((word) => word.startsWith(candidate)))
    return [key, value === 'gnu' ? 'glibc' : value] as const
  })
  return Object.fromEntries(
    found.flatMap(([key, value]) => (value === undefined ? [] : [[key, [value]]])),
  )
}
