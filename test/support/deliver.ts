import { webhookSecret } from './forge-settings.ts'
import type { Receiver } from './receiver.ts'
import { giteaHeaders, githubHeaders, gitlabHeaders } from './sign.ts'

/** A signed delivery of GitHub, with some headers replaced. */
export function deliver({ app }: Receiver, payload: unknown, event = 'push', headers = {}) {
  const body = JSON.stringify(payload)
  return app.inject({
    method: 'POST',
    url: '/webhooks/github',
    headers: { ...githubHeaders(body, webhookSecret, event), ...headers },
    body,
  })
}

/** A delivery of GitLab with the right token, with some headers replaced. */
export function deliverGitlab(
  { app }: Receiver,
  payload: unknown,
  event = 'Push Hook',
  headers = {},
) {
  return app.inject({
    method: 'POST',
    url: '/webhooks/gitlab',
    headers: { ...gitlabHeaders(webhookSecret, event), ...headers },
    body: JSON.stringify(payload),
  })
}

/** A signed delivery of Gitea, with some headers replaced. */
export function deliverGitea({ app }: Receiver, payload: unknown, event = 'push', headers = {}) {
  const body = JSON.stringify(payload)
  return app.inject({
    method: 'POST',
    url: '/webhooks/gitea',
    headers: { ...giteaHeaders(body, webhookSecret, event), ...headers },
    body,
  })
}
