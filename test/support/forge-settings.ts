import { createSecret } from '../../src/domain/secret.ts'
import type { ForgeSettings } from '../../src/domain/settings.ts'

export const webhookSecret = 'a-webhook-secret-of-32-characters'

export function forgeSettings(settings: Partial<ForgeSettings> = {}): ForgeSettings {
  return {
    key: 'github',
    type: 'github',
    url: 'https://github.com',
    apiUrl: 'https://api.github.com',
    webhookSecrets: [createSecret(webhookSecret)],
    token: createSecret('ghp_fakefakefakefakefake'),
    app: undefined,
    ...settings,
  }
}
