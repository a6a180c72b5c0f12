import { z } from 'zod'
import { chartError } from './chart-error.ts'
import { basicAuthorization, type ChartFetch, expectOk, maxArchiveBytes } from './chart-fetch.ts'
import type { Answer, GetOptions } from './chart-get.ts'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const contentType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
const maxManifestBytes = 1024 * 1024

const Manifest = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
})
const Token = z.union([
  z.object({ token: z.string() }).transform(({ token }) => token),
  z.object({ access_token: z.string() }).transform(({ access_token: token }) => token),
])

type Ask = (path: string, more: Pick<GetOptions, 'maxBytes' | 'accept'>) => Promise<Answer>

/**
 * From an OCI registry. A tag may be moved: what is taken is the layer with the digest that is
 * wanted, and any other is an error that names it.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function fetchFromRegistry(call: ChartFetch): Promise<Buffer> {
  const { chart } = call.options
  const ask = createAsk(call)
  // A tag holds no plus sign; helm writes an underscore for it.
  const tag = chart.version.replaceAll('+', '_')
  const answer = await ask(`manifests/${tag}`, { maxBytes: maxManifestBytes, accept: manifestType })
  expectOk(answer, chart)
  const manifest = parseJson(Manifest, answer.body)
  const layer = manifest?.layers.find(({ mediaType }) => mediaType === contentType)
  if (layer === undefined) throw chartError(chart, 'SOURCE_REFUSED', 'what is there is no chart')
  const wanted = `sha256:${chart.sha256}`
  if (layer.digest !== wanted) {
    const reason = `wanted is the archive ${wanted}, there is ${layer.digest.slice(0, 200)}`
    throw chartError(chart, 'SOURCE_REFUSED', reason)
  }
  const blob = await ask(`blobs/${wanted}`, { maxBytes: maxArchiveBytes })
  expectOk(blob, chart)
  return blob.body
}

/** Asks again with what the registry wants to see. */
function createAsk(call: ChartFetch): Ask {
  const { get, base, options } = call
  const { origin, pathname } = new URL(base)
  const name = `${pathname.slice(1)}${pathname === '/' ? '' : '/'}${options.chart.name}`
  let authorization: string | undefined
  return async (path, more) => {
    const url = new URL(`${origin}/v2/${name}/${path}`)
    const answer = await get(url, { ...options, ...more, authorization })
    if (answer.status !== 401 || authorization !== undefined || answer.url.origin !== origin) {
      return answer
    }
    authorization = await authorize(answer.header('www-authenticate') ?? '', name, call)
    return authorization === undefined ? answer : get(url, { ...options, ...more, authorization })
  }
}

/** undefined: it wants what we do not have. */
async function authorize(
  challenge: string,
  name: string,
  call: ChartFetch,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return basicAuthorization(call.credentials)
  const url = /^bearer\b/i.test(challenge) ? tokenUrl(challenge, name) : undefined
  if (url === undefined) return undefined
  const { get, base, credentials, options } = call
  // A registry names whom it likes: only itself and hosts of the operator get a credential.
  const isKnown = url.origin === new URL(base).origin || options.trusted.has(url.host)
  const answer = await get(url, {
    ...options,
    maxBytes: maxManifestBytes,
    authorization: isKnown ? basicAuthorization(credentials) : undefined,
  })
  expectOk(answer, options.chart)
  const token = parseJson(Token, answer.body)
  return token === undefined ? undefined : `Bearer ${token}`
}

// https://distribution.github.io/distribution/spec/auth/token/
function tokenUrl(challenge: string, name: string): URL | undefined {
  const [realm, service] = ['realm', 'service'].map(
    (key) => new RegExp(`\\b${key}="([^"]+)"`, 'i').exec(challenge)?.[1],
  )
  if (realm === undefined || !URL.canParse(realm)) return undefined
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  url.searchParams.set('scope', `repository:${name}:pull`)
  return url
}

function parseJson<T>(schema: z.ZodType<T>, body: Buffer): T | undefined {
  try {
    return schema.safeParse(JSON.parse(body.toString('utf8'))).data
  } catch {
    return undefined
  }
}
