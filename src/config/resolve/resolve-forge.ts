import { does } from '../../domain/role.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import type { Path } from '../problem.ts'
import type { Forge } from '../schema/forge.ts'
import type { Valid } from '../sections.ts'
import type { ForgeContext } from './forge-context.ts'
import { resolveApp } from './resolve-app.ts'

const defaultUrl = {
  github: 'https://github.com',
  gitlab: 'https://gitlab.com',
  gitea: undefined,
} as const

const urlMissing =
  'missing, write where people reach your Gitea or Forgejo, such as https://gitea.example.com'

/** undefined where the file, or what it names, is not good enough to make one. */
export async function resolveForge(
  key: string,
  forge: Valid<Forge>,
  context: ForgeContext,
): Promise<ForgeSettings | undefined> {
  const path = ['forges', key]
  const token = await readToken(forge, path, context)
  const app = await resolveApp(forge, path, context)
  const webhookSecrets = await readWebhookSecrets(forge, path, context)
  checkSchemes(forge, path, context)
  if (forge.type === undefined) return undefined
  const url = forge.url ?? defaultUrl[forge.type]
  if (url === undefined) {
    // One that is there but not valid was told of already.
    if (!('url' in forge)) context.findings.problem([...path, 'url'], urlMissing)
    return undefined
  }
  const apiUrl = forge.apiUrl ?? deriveApiUrl(forge.type, url)
  return {
    key,
    type: forge.type,
    url,
    apiUrl,
    webhookSecrets,
    token,
    app: app && { ...app, apiUrl },
  }
}

function checkSchemes(
  forge: Valid<Forge>,
  path: Path,
  { allowInsecureHttp, findings }: ForgeContext,
): void {
  for (const name of ['url', 'apiUrl'] as const) {
    if (!forge[name]?.startsWith('http:') || allowInsecureHttp) continue
    findings.problem(
      [...path, name],
      'http would send the token in the clear, write https or set security.allowInsecureHttp: true',
    )
  }
}

// Where the REST API of a forge is that people reach at `url`.
function deriveApiUrl(type: ForgeSettings['type'], url: string): string {
  if (type === 'gitlab') return `${url}/api/v4`
  if (type === 'gitea') return `${url}/api/v1`
  const { hostname } = new URL(url)
  // github.com and data residency keep the API on a host of its own, GitHub Enterprise Server does not.
  const hosted = hostname === 'github.com' || hostname.endsWith('.ghe.com')
  return hosted ? `https://api.${hostname}` : `${url}/api/v3`
}

// Only a worker calls a forge, and only a receiver takes deliveries: nobody needs another's secrets.
async function readToken(
  { token }: Valid<Forge>,
  forgePath: Path,
  { role, secrets }: ForgeContext,
): Promise<Secret | undefined> {
  if (token === undefined || !does(role, 'worker')) return undefined
  return secrets.read(token, [...forgePath, 'token'])
}

async function readWebhookSecrets(
  forge: Valid<Forge>,
  forgePath: Path,
  context: ForgeContext,
): Promise<Secret[]> {
  const refs = forge.webhookSecret
  if (refs === undefined || !does(context.role, 'receiver')) return []
  const path = [...forgePath, 'webhookSecret']
  const placed = Array.isArray(refs)
    ? refs.map((ref, index) => ({ ref, path: [...path, index] }))
    : [{ ref: refs, path }]
  const read: Secret[] = []
  for (const place of placed) {
    const secret = await context.secrets.read(place.ref, place.path)
    if (secret === undefined) continue
    const fault = webhookSecretFault(secret.reveal(), forge.type)
    if (fault === undefined) read.push(secret)
    else context.findings.problem(place.path, fault)
  }
  return read
}

function webhookSecretFault(secret: string, type: Forge['type'] | undefined): string | undefined {
  if (Buffer.byteLength(secret) < 16) {
    return 'the secret is shorter than 16 bytes, make one: openssl rand -hex 32'
  }
  if (type !== 'gitlab' || !secret.startsWith('whsec_')) return undefined
  const key = secret.slice('whsec_'.length)
  return /^[A-Za-z0-9+/]{22,}={0,2}$/.test(key)
    ? undefined
    : 'begins with whsec_ but no base64 of at least 16 bytes follows, copy the signing token again'
}
