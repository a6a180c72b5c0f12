import type { RenderOptions, Substitution } from '../../domain/application.ts'
import { does, type Role } from '../../domain/role.ts'
import type { Secret } from '../../domain/secret.ts'
import type { Findings } from '../findings.ts'
import type { Path } from '../problem.ts'
import type { Render } from '../schema/render.ts'
import type { Substitute } from '../schema/substitute.ts'
import type { SecretReader } from '../secret-reader.ts'
import { resolveDecrypt } from './resolve-decrypt.ts'

interface RenderContext {
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
  const own = ownOptions(render)
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

function ownOptions(render: Render | undefined): RenderOptions {
  if (render?.type !== 'helm') return { type: render?.type ?? 'auto' }
  return {
    type: 'helm',
    valueFiles: render.valueFiles ?? [],
    values: render.values ?? {},
    releaseName: render.releaseName,
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
