import type { ByteCache } from '../domain/byte-cache.ts'
import { assemble, type Part } from './assemble.ts'
import { linkMode, submoduleMode } from './file-mode.ts'
import { limits } from './limits.ts'
import { createPace } from './pace.ts'
import { type LocatedProblem, problemsError } from './problem.ts'
import { type Manifests, readManifests } from './read-manifests.ts'
import type { RenderFile, RenderInput } from './render.ts'
import { createDecryptor } from './sops/decryptor.ts'
import { substitutionKey, substitutionOf } from './substitute/variables.ts'

/** Manifests by blob id and variables: a push parses only the files it changed. */
export type ManifestCache = ByteCache<Manifests>

/** Every manifest below the application's path, as `kubectl apply -R -f` would take them. */
export async function renderPlain(input: RenderInput, cache: ManifestCache) {
  const { path, namespace, render } = input.application
  const files = (await input.listFiles()).filter((file) => isWanted(file, path))
  const problems = [...files.flatMap(refuseMode), ...refuseSize(files)]
  if (problems.length > 0) throw problemsError(problems)

  const variables = substitutionKey(render)
  const keyOf = (file: RenderFile) => `${file.oid} ${variables}`
  const known = new Map<string, Manifests>()
  const unread: RenderFile[] = []
  for (const file of files) {
    const manifests = cache.get(keyOf(file))
    if (manifests === undefined) unread.push(file)
    else known.set(file.oid, manifests)
  }
  const read = await readFiles(input, unread)
  for (const { file, manifests, isDecrypted } of read) {
    const isKept = !isDecrypted && manifests.problems.length === 0
    if (isKept) cache.set(keyOf(file), manifests, file.size * bytesInMemory)
    known.set(file.oid, manifests)
  }
  const parts = files.flatMap((file): Part[] => {
    const manifests = known.get(file.oid)
    if (manifests === undefined) return []
    return [{ placeOf: (line) => ({ file: file.path, line }), manifests }]
  })
  const isDecrypted = read.some((one) => one.isDecrypted)
  return { ...assemble(parts, namespace), isDecrypted }
}

interface ReadFile {
  readonly file: RenderFile
  readonly manifests: Manifests
  readonly isDecrypted: boolean
}

async function readFiles(input: RenderInput, files: readonly RenderFile[]): Promise<ReadFile[]> {
  const { render } = input.application
  const decryptor = createDecryptor(render, (secrets) => input.onDecrypted?.(secrets))
  const change = substitutionOf(render, decryptor.isInSecret)
  const pace = createPace(input.signal)
  const contents = await Promise.all(files.map((file) => file.read()))
  const read: ReadFile[] = []
  for (const [index, file] of files.entries()) {
    const content = contents[index] ?? Buffer.alloc(0)
    const opened = await decryptor.open(file.path, content)
    const manifests = await readManifests(opened?.content ?? content, pace, change)
    read.push({ file, manifests, isDecrypted: opened !== undefined })
  }
  return read
}

// A JavaScript object takes about so many bytes for one of YAML.
const bytesInMemory = 4

function isWanted({ path, mode }: RenderFile, root: string): boolean {
  const below = root === '' ? path : path.slice(root.length + 1)
  const folders = below.split('/').slice(0, -1)
  if (folders.some((folder) => folder.startsWith('.'))) return false
  return mode === submoduleMode || /\.(?:ya?ml|json)$/.test(path)
}

function refuseMode({ path, mode }: RenderFile): LocatedProblem[] {
  const what =
    mode === submoduleMode
      ? 'a submodule, which is not fetched'
      : mode === linkMode
        ? 'a symbolic link, which is not followed; put the file itself there'
        : undefined
  return what === undefined
    ? []
    : [{ code: 'RENDER_REFUSED', file: path, line: 1, message: `it is ${what}` }]
}

function refuseSize(files: readonly RenderFile[]): LocatedProblem[] {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const largest = files.toSorted((a, b) => b.size - a.size)[0]
  if (total <= limits.bytes || largest === undefined) return []
  const message = `the manifests have ${total} bytes together; a render takes ${limits.bytes}`
  return [{ code: 'RENDER_LIMIT', file: largest.path, line: 1, message }]
}
