import type { RenderOptions, Substitution } from '../../domain/application.ts'
import type { ChartRef, ChartRepository } from '../../domain/chart.ts'
import { does, type Role } from '../../domain/role.ts'
import type { Secret } from '../../domain/secret.ts'
import type { SecuritySettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { Path } from '../problem.ts'
import type { ChartRepository as RepositoryFile } from '../schema/chart.ts'
import type { Render } from '../schema/render.ts'
import type { Substitute } from '../schema/substitute.ts'
import type { SecretReader } from '../secret-reader.ts'
import { resolveDecrypt } from './resolve-decrypt.ts'

interface RenderContext {
  readonly security: SecuritySettings
  readonly role: Role | undefined
  readonly secrets: SecretReader
  readonly findings: Findings
}

/** How an application is rendered. Only a worker renders: no other role reads the secrets. */
export async function resolveRender(
  render: Render | undefined,
  path: Path,
  context: RenderContext,
): Promise<RenderOptions> {
  const own = await resolveTool(render, path, context)
  if (!does(context.role, 'worker')) return own
  const substitute =
    render?.substitute &&
    (await resolveSubstitute(render.substitute, [...path, 'substitute'], context))
  const decrypt =
    render?.decrypt && (await resolveDecrypt(render.decrypt, [...path, 'decrypt'], context))
  return {
    ...own,
    ...(substitute !== undefined && { substitute }),
    ...(decrypt !== undefined && { decrypt }),
  }
}

async function resolveTool(
  render: Render | undefined,
  path: Path,
  context: RenderContext,
): Promise<RenderOptions> {
  switch (render?.type) {
    case 'kustomize':
      return resolveKustomize(render, path, context)
    case 'helm':
      return resolveHelm(render, path, context)
    case 'plain':
      return { type: 'plain' }
    case 'auto':
    case undefined:
      return { type: 'auto' }
  }
}

async function resolveSubstitute(
  { variables = {}, strict = true }: Substitute,
  path: Path,
  { secrets }: RenderContext,
): Promise<Substitution> {
  const values: [string, string | Secret][] = []
  for (const [name, given] of Object.entries(variables)) {
    const value =
      typeof given === 'string' ? given : await secrets.read(given, [...path, 'variables', name])
    if (value !== undefined) values.push([name, value])
  }
  return { variables: Object.fromEntries(values), strict }
}

function resolveKustomize(
  { helmCharts = false, remoteBases = [] }: Extract<Render, { type: 'kustomize' }>,
  path: Path,
  context: RenderContext,
): RenderOptions {
  for (const [index, url] of remoteBases.entries()) {
    checkScheme(url, [...path, 'remoteBases', index], context)
  }
  return { type: 'kustomize', helmCharts, remoteBases }
}

type Helm = Extract<Render, { type: 'helm' }>

async function resolveHelm(
  { chart, chartRepositories = [], valueFiles = [], values = {}, releaseName }: Helm,
  path: Path,
  context: RenderContext,
): Promise<RenderOptions> {
  if (chart !== undefined) checkScheme(chart.repository, [...path, 'chart', 'repository'], context)
  const repositories: ChartRepository[] = []
  for (const [index, repository] of chartRepositories.entries()) {
    const at = [...path, 'chartRepositories', index]
    repositories.push(await resolveRepository(repository, at, context))
  }
  return {
    type: 'helm',
    valueFiles,
    values,
    releaseName,
    chartRepositories: repositories,
    ...(chart !== undefined && { chart: chartRef(chart) }),
  }
}

function chartRef({ digest, ...chart }: NonNullable<Helm['chart']>): ChartRef {
  return { ...chart, sha256: digest.slice('sha256:'.length) }
}

/** A receiver needs no token of a registry. */
async function resolveRepository(
  { url, username, token }: RepositoryFile,
  path: Path,
  context: RenderContext,
): Promise<ChartRepository> {
  checkScheme(url, [...path, 'url'], context)
  const { findings, secrets, role } = context
  if (username === undefined && token !== undefined) {
    findings.problem([...path, 'username'], 'missing, write the user name beside token')
  }
  if (username !== undefined && token === undefined) {
    findings.problem([...path, 'token'], 'missing, write {env: NAME} or {file: PATH}')
  }
  if (username === undefined || token === undefined || !does(role, 'worker')) {
    return { url, credentials: undefined }
  }
  const secret = await secrets.read(token, [...path, 'token'])
  return { url, credentials: secret && { username, token: secret } }
}

function checkScheme(url: string, path: Path, { security, findings }: RenderContext): void {
  if (security.allowInsecureHttp) return
  if (!/^(?:oci\+)?http:/i.test(url)) return
  findings.problem(
    path,
    'http is neither private nor authentic, write https or set security.allowInsecureHttp: true',
  )
}
