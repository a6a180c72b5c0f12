import { parseCommitSha, type Revision } from '../domain/revision.ts'

const allowPrune = 'trailers:key=Landfall-Allow-Prune,valueonly'

/** Fields of one commit, separated by NUL, in the order `parseRevision` reads them. */
export const refFormat = `%(objectname)%00%(tree)%00%(authorname)%00%(committerdate:iso-strict)%00%(subject)%00%(${allowPrune})`
export const logFormat = `%H%x00%T%x00%an%x00%cI%x00%s%x00%(${allowPrune})`

const maxText = 300

/** undefined for no output, and for a ref that is no commit. */
export function parseRevision(output: string): Revision | undefined {
  const [sha = '', rootTree = '', author = '', committedAt = '', subject = '', allowed = ''] =
    output.trimEnd().split('\0')
  const parsed = parseCommitSha(sha)
  if (parsed === undefined || rootTree === '') return undefined
  return {
    sha: parsed,
    rootTree,
    author: plain(author),
    committedAt,
    subject: plain(subject),
    allowsPrune: allowed.trim() === 'true',
  }
}

// A message may be as long as its author likes. A terminal obeys control characters, and bidi overrides reorder what a page shows.
function plain(text: string): string {
  const start = text.slice(0, 4 * maxText)
  return start.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '').slice(0, maxText)
}
