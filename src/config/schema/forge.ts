import { z } from 'zod'
import { SecretRef, unwritten } from './secret-ref.ts'
import { WebUrl } from './web-url.ts'

const ForgeType = z.enum(['github', 'gitlab', 'gitea'])

const WebhookSecret = z.union(
  [SecretRef, z.array(SecretRef).min(1, 'an empty list, write at least one {env: NAME}')],
  {
    error: ({ input }) =>
      `${unwritten(input)}, write {env: NAME} or {file: PATH}, or a list of them`,
  },
)

export const Forge = z.strictObject({
  type: ForgeType.meta({ description: 'What the forge speaks; Forgejo speaks gitea.' }),
  url: WebUrl('https://github.com')
    .optional()
    .meta({
      description:
        'Where people reach the forge. Left out: https://github.com or https://gitlab.com, by type; gitea needs it.',
      examples: ['https://github.com', 'https://gitlab.example.com'],
    }),
  apiUrl: WebUrl('https://api.github.com')
    .optional()
    .meta({
      description: 'Base of the REST API. Left out: derived from url.',
      examples: ['https://api.github.com', 'https://gitlab.example.com/api/v4'],
    }),
  webhookSecret: WebhookSecret.meta({
    description:
      'Verifies webhook deliveries; at least 16 bytes. A list while rotating: any of them verifies. For gitlab a value that begins with whsec_ is a signing token, any other is sent as X-Gitlab-Token.',
    examples: [{ env: 'GITHUB_WEBHOOK_SECRET' }],
  }),
  token: SecretRef.optional().meta({
    description:
      'Token for the REST API: posts commit statuses, and clones repositories of this forge that name no credentials. Left out: no statuses.',
    examples: [{ env: 'GITHUB_TOKEN' }],
  }),
})
export type Forge = z.output<typeof Forge>
