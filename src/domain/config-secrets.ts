import type { RenderOptions } from './application.ts'
import type { Secret } from './secret.ts'
import type { Config } from './settings.ts'

/** Every secret value of a configuration, for the redactor. */
export function secretsOf({ forges, applications }: Config): Secret[] {
  const ofForges = Array.from(forges.values()).flatMap(({ webhookSecrets, token, app }) =>
    [...webhookSecrets, token, app?.privateKey].filter((secret) => secret !== undefined),
  )
  const ofApplications = Array.from(applications.values()).flatMap(({ credentials, render }) => [
    ...(credentials.kind === 'token' ? [credentials.token] : []),
    ...secretsToRender(render),
    ...chartTokens(render),
  ])
  return [...ofForges, ...ofApplications]
}

function secretsToRender({ substitute, decrypt }: RenderOptions): Secret[] {
  const variables = Object.values(substitute?.variables ?? {})
  return [...variables.filter((value) => typeof value !== 'string'), ...(decrypt?.age ?? [])]
}

function chartTokens(render: RenderOptions): Secret[] {
  const repositories = render.type === 'helm' ? (render.chartRepositories ?? []) : []
  return repositories.flatMap(({ credentials }) => credentials?.token ?? [])
}
