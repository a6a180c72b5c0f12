import { z } from 'zod'
import { SecretFile, SecretRef } from './secret-ref.ts'

const Token = z.strictObject({
  token: SecretRef.meta({ description: 'Token for https.', examples: [{ env: 'DEPLOY_TOKEN' }] }),
})

const SshKey = z.strictObject({
  sshKey: SecretFile.meta({ description: 'Private key for ssh.' }),
  knownHosts: SecretFile.meta({
    description: 'Host keys to trust, as ssh-keyscan prints them; no other host key is accepted.',
  }),
})

export const Credentials = z.union([Token, SshKey], {
  error:
    'not credentials, write {token: {env: NAME}} or {sshKey: {file: …}, knownHosts: {file: …}}',
})
export type Credentials = z.output<typeof Credentials>
