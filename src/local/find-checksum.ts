import { z } from 'zod'

// GitHub computes the digest of every release asset itself:
// https://docs.github.com/en/rest/releases/releases#get-a-release-by-tag-name
const GithubRelease = z.object({
  assets: z.array(z.object({ name: z.string(), digest: z.string().nullish() })),
})

const sha256 = /^[0-9a-f]{64}$/

/** The sha256 that a publisher's checksum file gives for `fileName`; undefined: it gives none. */
export function findChecksum(text: string, fileName: string): string | undefined {
  const found = text.trimStart().startsWith('{')
    ? fromRelease(text, fileName)
    : fromLines(text, fileName)
  return found !== undefined && sha256.test(found) ? found : undefined
}

function fromRelease(text: string, fileName: string): string | undefined {
  const release = GithubRelease.safeParse(parseJson(text))
  const asset = release.data?.assets.find(({ name }) => name === fileName)
  return asset?.digest?.replace(/^sha256:/, '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fromLines(text: string, fileName: string): string | undefined {
  const lines = text.trim().split('\n')
  const words = lines.map((line) => line.trim().split(/\s+/))
  if (words.length === 1 && words[0]?.length === 1) return words[0][0]?.toLowerCase()
  // sha256sum marks a file read in binary mode with an asterisk.
  const line = words.find(([, name]) => name?.replace(/^\*/, '') === fileName)
  return line?.[0]?.toLowerCase()
}
