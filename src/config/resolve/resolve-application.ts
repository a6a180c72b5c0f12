import type { Application } from '../../domain/application.ts'
import type { Role } from '../../domain/role.ts'
import type { ForgeSettings, SecuritySettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { SecretReader } from '../secret-reader.ts'
import { didYouMean } from '../suggest.ts'
import {
  allowed,
  handEdits,
  healthRules,
  ignoreRules,
  managerRules,
  reportPolicy,
  syncPolicy,
  touchedPods,
} from './application-policy.ts'
import { checkRepository } from './check-repository.ts'
import type { Declared } from './merge-defaults.ts'
import { resolveCredentials } from './resolve-credentials.ts'
import { resolveRender } from './resolve-render.ts'

export interface ApplicationContext {
  /** undefined for a forge whose own entry is not valid. */
  readonly forges: ReadonlyMap<string, ForgeSettings | undefined>
  readonly clusterNames: ReadonlySet<string>
  readonly security: SecuritySettings
  readonly role: Role | undefined
  readonly secrets: SecretReader
  readonly findings: Findings
}

/** undefined where the file leaves out, or gets wrong, what an application cannot be without. */
export async function resolveApplication(
  declared: Declared,
  context: ApplicationContext,
): Promise<Application | undefined> {
  checkRequired(declared, context)
  checkReference(declared, 'forge', new Set(context.forges.keys()), context.findings)
  checkReference(declared, 'cluster', context.clusterNames, context.findings)
  checkAllow(declared, context.findings)
  checkValueFiles(declared, context.findings)
  const { name, values } = declared
  const { repo, branch, path, cluster, namespace } = values
  if (repo === undefined) return undefined
  const forge = context.forges.get(values.forge ?? '')
  const { security, role, secrets, findings } = context
  const url = checkRepository(repo, declared.at('repo'), { forge, security, findings })
  const credentials = await resolveCredentials(values.credentials, declared.at('credentials'), {
    url,
    forge,
    role,
    secrets,
    findings,
  })
  const render = await resolveRender(values.render, declared.at('render'), context)
  if (branch === undefined || path === undefined) return undefined
  if (cluster === undefined || namespace === undefined) return undefined
  return {
    name,
    forge: values.forge,
    repo,
    credentials,
    branch,
    path,
    cluster,
    namespace,
    render,
    sync: syncPolicy(values.sync),
    serviceAccount: values.serviceAccount,
    allow: allowed(values.allow, namespace),
    ignore: ignoreRules(values.ignore),
    managers: managerRules(values.managers),
    health: healthRules(values.health),
    report: reportPolicy(values.report),
    handEdits: handEdits(values.handEdits, values.handEditExemptions, values.render),
    touchedPods: touchedPods(values.touchedPods, values.replaceAfter),
  }
}

function checkRequired(declared: Declared, { security, findings }: ApplicationContext): void {
  for (const key of ['repo', 'branch', 'cluster', 'namespace'] as const) {
    if (declared.has(key)) continue
    findings.problem(declared.at(key), 'missing, write it here or under defaults')
  }
  if (security.requireServiceAccount && !declared.has('serviceAccount')) {
    findings.problem(
      declared.at('serviceAccount'),
      'missing, security.requireServiceAccount asks for NAMESPACE/NAME',
    )
  }
}

function checkReference(
  declared: Declared,
  key: 'forge' | 'cluster',
  known: ReadonlySet<string>,
  findings: Findings,
): void {
  const named = declared.values[key]
  if (named === undefined || known.has(named)) return
  const names = Array.from(known).slice(0, 10).join(' or ')
  const hint = names === '' ? `add it to ${key}s` : `write ${names}${didYouMean(named, known)}`
  findings.problem(declared.at(key), `${key}s has no "${named}", ${hint}`)
}

function checkAllow(declared: Declared, findings: Findings): void {
  const { allow, namespace } = declared.values
  const namespaces = allow?.namespaces
  if (namespaces === undefined || namespace === undefined || namespaces.includes('*')) return
  if (namespaces.includes(namespace)) return
  findings.warning(
    [...declared.at('allow'), 'namespaces'],
    `leaves out ${namespace}, the application's own namespace`,
  )
}

function checkValueFiles(declared: Declared, findings: Findings): void {
  const { render, path } = declared.values
  if (render?.type !== 'helm' || path === undefined) return
  const depth = path === '' ? 0 : path.split('/').length
  for (const [index, file] of (render.valueFiles ?? []).entries()) {
    const ups = file.split('/').filter((part) => part === '..').length
    if (ups <= depth) continue
    findings.problem(
      [...declared.at('render'), 'valueFiles', index],
      'leads out of the repository, write a path inside it',
    )
  }
}
