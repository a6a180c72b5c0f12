import { createPublicKey, createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { FakeAnswer, FakeRequest } from './fake-forge.ts'

interface GithubAppOptions {
  readonly id: string
  readonly installationId: number
  /** What its tokens end by. */
  readonly now?: () => number
}

export interface FakeGithubApp {
  /** PEM, as GitHub gives it once. */
  readonly privateKey: string
  /** Installation tokens in the order they were made. */
  readonly issued: readonly string[]
}

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
const longestJwtSeconds = 600
const tokenLifeMs = 3_600_000

/** Who may ask the fake GitHub: its one token, and the installation tokens of an App. */
export function githubTokens(token: string) {
  const issued: string[] = []
  const ends = new Map<string, number>()
  let app: GithubAppOptions | undefined
  let mayReport = true
  let takesAny = true
  let expires: string | undefined

  const isKnown = (given: string) =>
    given === token || (takesAny && (ends.get(given) ?? 0) > (app?.now ?? Date.now)())

  const issue = ({ headers, path }: FakeRequest): FakeAnswer => {
    const jwt = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
    if (app === undefined || !isSignedBy(jwt, app.id, createPublicKey(key.publicKey.export(pem)))) {
      return { status: 401, body: { message: 'A JSON web token could not be decoded' } }
    }
    if (path !== `/app/installations/${app.installationId}/access_tokens`) {
      return { status: 404, body: { message: 'Not Found' } }
    }
    const made = `ghs_installation${String(issued.length).padStart(20, '0')}`
    const endsAt = (app.now ?? Date.now)() + tokenLifeMs
    issued.push(made)
    ends.set(made, endsAt)
    const expires_at = new Date(endsAt).toISOString()
    return { status: 201, body: { token: made, expires_at, permissions: { statuses: 'write' } } }
  }

  return {
    /** Makes an App known; its installation tokens end when their time is up. */
    install(options: GithubAppOptions): FakeGithubApp {
      app = options
      return { privateKey: String(key.privateKey.export({ type: 'pkcs1', format: 'pem' })), issued }
    },
    /** Ends every installation token there is. */
    revokeAll() {
      ends.clear()
    },
    /** Refuses installation tokens from now on, those it makes included. */
    takeNone() {
      takesAny = false
    },
    /** Takes the right to write statuses. */
    forbidReports() {
      mayReport = false
    },
    /** Ends the token, as `2026-12-01 10:00:00 UTC`. */
    expireAt(time: string) {
      expires = time
    },
    isKnown,
    /** The answer to who asks for an installation token; undefined: nobody does. */
    answerApp: (request: FakeRequest) =>
      request.path.startsWith('/app/installations/') ? issue(request) : undefined,
    /** Why a request is not answered. */
    refusal({ headers }: FakeRequest): readonly [status: number, message: string] | undefined {
      const given = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
      if (!isKnown(given)) return [401, 'Bad credentials']
      if (!headers['user-agent']) return [403, 'Request forbidden by rules']
      return mayReport ? undefined : [403, 'Resource not accessible by personal access token']
    },
    headers: () =>
      expires === undefined ? {} : { 'github-authentication-token-expiration': expires },
  }
}

const pem = { type: 'spki', format: 'pem' } as const

// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
function isSignedBy(jwt: string, id: string, publicKey: KeyObject): boolean {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`)
  if (!verifier.verify(publicKey, signature, 'base64url')) return false
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const now = Date.now() / 1000
  const isTimely = iat <= now + 5 && exp > now && exp - now <= longestJwtSeconds
  return String(iss) === id && isTimely
}
