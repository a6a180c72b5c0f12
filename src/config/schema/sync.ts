import { z } from 'zod'
import { Duration } from './duration.ts'
import { found } from './text.ts'

const FailAfter = z.strictObject({
  imagePull: Duration.optional().meta({
    description:
      'A container cannot start for a reason that kubelet tries again: ErrImagePull and the like.',
    default: '1m',
  }),
  crashes: z
    .int({ error: ({ input }) => `${found(input)}, write a whole number from 1 to 100` })
    .min(1, 'less than 1, write 1 to 100')
    .max(100, 'more than 100, write 1 to 100')
    .optional()
    .meta({ description: 'Restarts of a container that crashes again and again.', default: 3 }),
  unschedulable: Duration.optional().meta({
    description: 'No node takes a pod; a cluster autoscaler needs minutes to bring one.',
    examples: ['10m'],
    default: '2m',
  }),
  podsRefused: Duration.optional().meta({
    description: 'A controller is refused its pods, by a quota or by admission.',
    default: '30s',
  }),
})

export const Sync = z.strictObject({
  every: Duration.optional().meta({
    description:
      'How often the sweep looks at Git and at the cluster without being told: 1s to 24h.',
    examples: ['3m', '30s', '1h30m'],
    default: '3m',
  }),
  timeout: Duration.optional().meta({
    description: 'How long one sync may take, health included: 1s to 24h.',
    examples: ['5m', '90s'],
    default: '5m',
  }),
  failAfter: FailAfter.optional().meta({
    description: 'When trouble of a rollout that may pass by itself counts as failure.',
  }),
  prune: z.boolean().optional().meta({
    description: 'Delete objects that Landfall put into the cluster and Git no longer has.',
    default: true,
  }),
  drift: z.enum(['heal', 'report']).optional().meta({
    description: 'heal undoes what was changed by hand; report only tells.',
    default: 'heal',
  }),
  requireFastForward: z.boolean().optional().meta({
    description: 'Refuse a branch that was rewritten by a force push.',
    default: false,
  }),
})
export type Sync = z.output<typeof Sync>
