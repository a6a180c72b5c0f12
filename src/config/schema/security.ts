import { z } from 'zod'

export const Security = z.strictObject({
  allowInsecureHttp: z.boolean().optional().meta({
    description: 'Allow http:// repositories and forges. For tests and air-gapped labs.',
    default: false,
  }),
  allowLocalRepos: z.boolean().optional().meta({
    description: 'Allow file:// repositories. For tests and air-gapped labs.',
    default: false,
  }),
  requireServiceAccount: z.boolean().optional().meta({
    description: 'Refuse applications without a serviceAccount.',
    default: false,
  }),
})
export type Security = z.output<typeof Security>
