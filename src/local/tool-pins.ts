import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from './package-root.ts'

const BuildPin = z.strictObject({
  /** Folder under tools/build whose go.mod and go.sum pin the sources. */
  set: z.string(),
  package: z.string(),
  /** Part of it is written in C: needs a C compiler too. */
  cgo: z.boolean().optional(),
  tags: z.string().optional(),
  ldflags: z.string(),
  /** Folders of the package that the program reads when it runs; kept beside it. */
  folders: z.array(z.string()).optional(),
  usualSeconds: z.number(),
})

const ToolPin = z.strictObject({
  version: z.string(),
  /** Arguments that make the program tell its version. */
  versionArgs: z.array(z.string()),
  /** Installed where it is asked for by name, not with all the others. */
  onlyByName: z.boolean().optional(),
  download: z.strictObject({
    url: z.string(),
    /** One sha256, lines of `sha256  file`, or a GitHub release with the digests of its assets. */
    checksums: z.string(),
    /** The program inside a .tar.gz; none: the download is the program. */
    member: z.string().optional(),
  }),
  /** None: it can only be downloaded. */
  build: BuildPin.optional(),
})

const SystemPin = z.strictObject({ apt: z.string(), brew: z.string() })

const ToolPins = z.strictObject({
  tools: z.record(z.string(), ToolPin),
  system: z.record(z.string(), SystemPin),
})

export type BuildPin = z.infer<typeof BuildPin>
export type ToolPin = z.infer<typeof ToolPin>
export type SystemPin = z.infer<typeof SystemPin>
/** What tools/pins.json says: every external program, its version and where it comes from. */
export type ToolPins = z.infer<typeof ToolPins>

export async function readToolPins(): Promise<ToolPins> {
  const file = join(packageRoot(), 'tools/pins.json')
  return ToolPins.parse(JSON.parse(await readFile(file, 'utf8')))
}

/** Where programs are for, in Go's words; undefined: nobody publishes them for this machine. */
export interface Platform {
  readonly os: 'linux' | 'darwin'
  readonly arch: 'amd64' | 'arm64'
}

export function thisPlatform(): Platform | undefined {
  const arch = { x64: 'amd64', arm64: 'arm64' } as const
  const { platform, arch: cpu } = process
  if ((platform !== 'linux' && platform !== 'darwin') || (cpu !== 'x64' && cpu !== 'arm64')) {
    return undefined
  }
  return { os: platform, arch: arch[cpu] }
}

/** Fills `{version}`, `{major}`, `{minor}`, `{os}` and `{arch}` of a template. */
export function fillTemplate(template: string, version: string, platform: Platform): string {
  const [major = '', minor = ''] = version.split('.')
  const values: Readonly<Record<string, string>> = { version, major, minor, ...platform }
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole)
}
