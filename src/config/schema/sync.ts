import { z } from 'zod'
import { Duration } from './duration.ts'

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
