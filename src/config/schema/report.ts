import { z } from 'zod'

function notYet(): z.core.$ZodErrorMap {
  return ({ input }) =>
    input === true ? 'not supported yet, write false or leave it out' : undefined
}

export const Report = z.strictObject({
  statuses: z.enum(['changed', 'always', 'never']).optional().meta({
    description:
      'Which commits get a status: changed leaves out those that did not change the files of the application.',
    default: 'changed',
  }),
  deployments: z.literal(false, { error: notYet() }).optional().meta({
    description: 'Deployments of the forge; not supported yet.',
    default: false,
  }),
})
export type Report = z.output<typeof Report>

export const PullRequests = z.strictObject({
  plan: z.literal(false, { error: notYet() }).optional().meta({
    description: 'Comment on pull requests with what they would change; not supported yet.',
    default: false,
  }),
})
