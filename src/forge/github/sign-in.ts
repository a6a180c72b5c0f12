import type { Secret } from '../../domain/secret.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import type { ForgeDeps } from '../forge-deps.ts'

/** What to authenticate with: the token, or one of the App's; undefined: neither is configured. */
export async function signIn(
  { token, app }: Pick<ForgeSettings, 'token' | 'app'>,
  { appToken }: Pick<ForgeDeps, 'appToken'>,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  return app === undefined || appToken === undefined ? token : appToken(app, signal)
}

/** Another token than the one GitHub refused; undefined: a configured one has no other. */
export async function signInAgain(
  { app }: Pick<ForgeSettings, 'app'>,
  { appToken }: Pick<ForgeDeps, 'appToken'>,
  { signal, refused }: { readonly signal: AbortSignal; readonly refused: Secret },
): Promise<Secret | undefined> {
  return app === undefined ? undefined : appToken?.(app, signal, refused)
}
