import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckoutContents } from '../../domain/commit-tree.ts'
import { assemble } from '../assemble.ts'
import { confine } from '../confined-path.ts'
import { dropHooks } from '../helm/drop-hooks.ts'
import { settleRenders } from '../helm/settle-renders.ts'
import { createPace } from '../pace.ts'
import { type Change, inOrder, readManifests } from '../read-manifests.ts'
import type { RenderInput } from '../render.ts'
import { createDecryptor, type Decryptor } from '../sops/decryptor.ts'
import { substitutionOf } from '../substitute/variables.ts'
import { build, buildWithOrigins, type KustomizeTools, kustomizationIn } from './build.ts'
import { findOrigins, type Origins } from './find-origins.ts'
import { placesOf } from './places-of.ts'
import { type SealedFile, unsealing } from './unseal.ts'

/**
 * `kustomize build` as `kubectl apply -k` runs it, without plugins and network, and with helm only
 * where it is wanted. The `contents` of the checkout were scanned. With helm it is run twice: what a
 * chart makes otherwise each time is found out so. Beside that it is run to tell where objects are
 * declared.
 */
export async function renderKustomize(
  input: RenderInput,
  contents: CheckoutContents,
  tools: KustomizeTools,
) {
  const root = await input.checkout(contents)
  const withOrigins = () => buildWithOrigins(input, { contents, root }, tools)
  const origins = findOrigins(withOrigins, input, tools.needed)
  // It may fail before anybody waits for it, and must not make a checkout after everything is over.
  const ended = origins.catch(() => undefined)
  try {
    return await renderObjects(input, root, { ...tools, origins })
  } finally {
    await ended
  }
}

type RenderTools = KustomizeTools & { readonly origins: Promise<Origins> }

async function renderObjects(input: RenderInput, root: string, tools: RenderTools) {
  const { render } = input.application
  const decryptor = createDecryptor(render, (secrets) => input.onDecrypted?.(secrets))
  const sealed = await openFiles(decryptor, root, tools.needed.known)
  const isDecrypted = sealed.length > 0
  const unseal = isDecrypted ? unsealing(sealed) : undefined
  const change = inOrder(unseal, substitutionOf(render, decryptor.isInSecret))
  const first = await renderOnce(input, root, { ...tools, change })
  if (tools.helmTool === undefined) return { ...first, isDecrypted }
  const second = await renderOnce(input, root, { ...tools, change })
  const { objects, warnings } = settleRenders(first.objects, [second.objects])
  return { ...first, objects, isDecrypted, warnings: [...first.warnings, ...warnings] }
}

async function renderOnce(
  input: RenderInput,
  root: string,
  { change, origins, ...tools }: RenderTools & { readonly change: Change },
) {
  const { stdout, stderr } = await build(input, root, tools)
  const read = await readManifests(stdout, createPace(input.signal), change)
  const manifests = tools.helmTool === undefined ? read : dropHooks(read)
  const { path, namespace } = input.application
  const elsewhere = { file: await kustomizationIn(root, path), line: 1 }
  const placeOf = placesOf(stdout.toString('utf8'), await origins, elsewhere)
  const { warnings, ...rendered } = assemble([{ placeOf, manifests }], namespace)
  return { ...rendered, warnings: [...warnings, ...warningsIn(stderr)] }
}

/** Those that SOPS encrypted. */
async function openFiles(
  decryptor: Decryptor,
  root: string,
  paths: readonly string[],
): Promise<SealedFile[]> {
  const opened: SealedFile[] = []
  for (const path of paths) {
    const target = await confine(root, '', path)
    if (target.kind !== 'inside' || !(await stat(join(root, target.path))).isFile()) continue
    const sealed = await readFile(join(root, target.path))
    const found = await decryptor.open(path, sealed)
    if (found !== undefined) opened.push({ sealed, opened: found })
  }
  return opened
}

const maxWarnings = 10

function warningsIn(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('# Warning: '))
  return lines.slice(0, maxWarnings).map((line) => `kustomize: ${line.slice('# Warning: '.length)}`)
}
