import { createHmac, randomUUID } from 'node:crypto'

type Headers = Record<string, string>

/** Headers GitHub sends with this body. */
export function githubHeaders(body: string | Buffer, secret: string, event = 'push'): Headers {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0123456',
    'x-github-delivery': randomUUID(),
    'x-github-event': event,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
}

/** Headers GitLab sends where the webhook has a secret token. */
export function gitlabHeaders(token: string, event = 'Push Hook'): Headers {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitLab/18.0.0',
    'idempotency-key': randomUUID(),
    'x-gitlab-event': event,
    'x-gitlab-token': token,
  }
}

interface Signing {
  readonly now: number
  readonly event?: string
}

/** Headers GitLab sends where the webhook has a signing token, `whsec_` and base64. */
export function gitlabSignedHeaders(
  body: string | Buffer,
  signingToken: string,
  { now, event = 'Push Hook' }: Signing,
): Headers {
  const id = randomUUID()
  const timestamp = String(Math.floor(now / 1000))
  const key = Buffer.from(signingToken.replace('whsec_', ''), 'base64')
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body)
  return {
    'content-type': 'application/json',
    'user-agent': 'GitLab/18.9.0',
    'idempotency-key': id,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest.digest('base64')}`,
    'x-gitlab-event': event,
  }
}

/** Headers Gitea sends with this body: its own, and those of the forges it is compatible with. */
export function giteaHeaders(body: string | Buffer, secret: string, event = 'push'): Headers {
  const id = randomUUID()
  // Without a secret it sends the headers all the same, with no digest.
  const digest = (algorithm: string) =>
    secret === '' ? '' : createHmac(algorithm, secret).update(body).digest('hex')
  return {
    'content-type': 'application/json',
    'user-agent': 'Go-http-client/1.1',
    'x-gitea-delivery': id,
    'x-gitea-event': event,
    'x-gitea-event-type': event,
    'x-gitea-signature': digest('sha256'),
    'x-gitea-hook-installation-target-type': 'repository',
    'x-gogs-delivery': id,
    'x-gogs-event': event,
    'x-gogs-event-type': event,
    'x-gogs-signature': digest('sha256'),
    'x-hub-signature': `sha1=${digest('sha1')}`,
    'x-hub-signature-256': `sha256=${digest('sha256')}`,
    'x-github-delivery': id,
    'x-github-event': event,
    'x-github-event-type': event,
    'x-github-hook-installation-target-type': 'repository',
  }
}

/** Headers Forgejo sends: those of Gitea, and its own. */
export function forgejoHeaders(body: string | Buffer, secret: string, event = 'push'): Headers {
  const headers = giteaHeaders(body, secret, event)
  return {
    ...headers,
    'x-forgejo-delivery': headers['x-gitea-delivery'] ?? '',
    'x-forgejo-event': event,
    'x-forgejo-event-type': event,
    'x-forgejo-signature': headers['x-gitea-signature'] ?? '',
  }
}
