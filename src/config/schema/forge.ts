import { z } from 'zod'
import { SecretFile, SecretRef, unwritten } from './secret-ref.ts'
import { found } from './text.ts'
import { WebUrl } from './web-url.ts'

const ForgeType = z.enum(['github', 'gitlab', 'gitea'])

const WebhookSecret = z.union(
  [SecretRef, z.array(SecretRef).min(1, 'an empty list, write at least one {env: NAME}')],
  {
    error: ({ input }) =>
      `${unwritten(input)}, write {env: NAME} or {file: PATH}, or a list of them`,
  },
)

const wrongId = 'write the App ID or the client ID of the App'

const App = z.strictObject({
  id: z
    .union([z.int().positive(wrongId), z.string().min(1, wrongId)], {
      error: ({ input }) => `${found(input)}, ${wrongId}`,
    })
    .meta({ description: 'App ID, or client ID, of the App.', examples: [123456] }),
  installationId: z
    .int({
      error: ({ input }) =>
        `${found(input)}, write the number at the end of the installation's settings page`,
    })
    .positive('must be positive, it is at the end of the URL of the installation')
    .meta({
      description: "The installation: the number at the end of its settings page's URL.",
      examples: [7654321],
    }),
  privateKey: SecretFile.meta({
    description: 'The private key of the App, as GitHub lets you download it.',
    examples: [{ file: './secrets/app.pem' }],
  }),
})

const object = z.strictObject({
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
  app: App.optional().meta({
    description: 'A GitHub App that signs in, in place of a token. For github only.',
  }),
})

/** For the published schema alone: what resolves a forge says it with a sentence. */
const urlOfGitea = {
  if: { properties: { type: { const: 'gitea' } }, required: ['type'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
  then: { required: ['url'] },
}

export const Forge = object.meta(urlOfGitea)
export type Forge = z.output<typeof Forge>
