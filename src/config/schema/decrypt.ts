import { z } from 'zod'
import { SecretRef } from './secret-ref.ts'

export const Decrypt = z
  .strictObject({
    age: SecretRef.meta({
      description:
        'The age key: a line that begins with AGE-SECRET-KEY-. A file may have several while you rotate, and comments.',
      examples: [{ file: '/run/secrets/age.txt' }, { env: 'SOPS_AGE_KEY' }],
    }),
  })
  .meta({
    description: 'Decrypts files that SOPS encrypted for age. Left out: such a file is an error.',
  })
export type Decrypt = z.output<typeof Decrypt>
