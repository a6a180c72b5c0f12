import { createPrivateKey } from 'node:crypto'
import type { GithubApp } from '../../domain/github-app.ts'
import { does } from '../../domain/role.ts'
import type { Path } from '../problem.ts'
import type { Forge } from '../schema/forge.ts'
import type { Valid } from '../sections.ts'
import type { ForgeContext } from './forge-context.ts'

/** The App that signs in for a forge; a receiver calls none, and needs no key. */
export async function resolveApp(
  { type, app, token }: Valid<Forge>,
  forgePath: Path,
  { role, secrets, findings }: ForgeContext,
): Promise<Omit<GithubApp, 'apiUrl'> | undefined> {
  if (app === undefined) return undefined
  const path = [...forgePath, 'app']
  if (type !== 'github') findings.problem(path, 'only github has Apps, write token')
  if (token !== undefined) findings.problem(path, 'token is given too, keep one of them')
  if (!does(role, 'worker')) return undefined
  const keyPath = [...path, 'privateKey']
  const privateKey = await secrets.text(app.privateKey, keyPath)
  if (privateKey === undefined) return undefined
  if (!isRsaKey(privateKey.reveal())) {
    const fault = 'is no RSA private key, generate one on the page of the App and download it'
    findings.problem([...keyPath, 'file'], fault)
  }
  return { id: String(app.id), installationId: app.installationId, privateKey }
}

function isRsaKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
