import { z } from 'zod'
import { text } from './text.ts'

const Pattern = (what: string) => text(what).min(1, `empty, write ${what}`)

export const HandEditExemptions = z.strictObject({
  users: z
    .array(Pattern('the name of a user'))
    .optional()
    .meta({
      description: 'Users as the cluster knows them, in which "*" stands for any characters.',
      examples: [['ann@example.com', 'system:serviceaccount:ops:*']],
      default: [],
    }),
  groups: z
    .array(Pattern('the name of a group'))
    .optional()
    .meta({
      description: 'Groups of users, in which "*" stands for any characters.',
      examples: [['on-call']],
      default: [],
    }),
  annotation: z.boolean().optional().meta({
    description:
      'Whether an object with the annotation landfall.dev/emergency, whose value is the reason, may be changed by anyone.',
    default: true,
  }),
})
export type HandEditExemptions = z.output<typeof HandEditExemptions>
