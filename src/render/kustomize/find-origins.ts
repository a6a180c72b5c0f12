import type { Origin } from '../../domain/change.ts'
import { StageError } from '../../domain/error.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { limits } from '../limits.ts'
import type { Needed } from '../needed-files.ts'
import { createPace } from '../pace.ts'
import type { RenderInput } from '../render.ts'
import { createLocateOrigin } from './locate-origin.ts'
import { identityOf, noteIn } from './origin-note.ts'

/** Where objects are declared, by what a build calls them. */
export type Origins = ReadonlyMap<string, Origin>

/**
 * Has kustomize say so in a build of its own: a patch or a replacement may read what kustomize writes
 * on the objects. Where that fails nothing is known, and everything else goes on.
 */
export async function findOrigins(
  buildWithOrigins: () => Promise<string | undefined>,
  input: RenderInput,
  needed: Needed,
): Promise<Origins> {
  const output = await outputOf(buildWithOrigins)
  const origins = new Map<string, Origin>()
  const locate = createLocateOrigin(input, needed)
  const pace = createPace(input.signal)
  let documents = 0
  for (const document of splitDocuments(output ?? '')) {
    documents += 1
    if (documents > 2 * limits.objects) break
    const note = noteIn(document)
    const origin = note && (await locate(note))
    if (origin !== undefined) origins.set(identityOf(document), origin)
    await pace()
  }
  return origins
}

async function outputOf(build: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await build()
  } catch (error: unknown) {
    if (error instanceof StageError && isSpared(error)) return undefined
    throw error
  }
}

/** That no other attempt would mend, or that took so long: nothing waits for this. */
function isSpared({ code, retry }: StageError): boolean {
  return retry.kind === 'never' || code === 'RENDER_TIMEOUT'
}
