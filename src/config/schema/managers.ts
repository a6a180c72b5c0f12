import { z } from 'zod'
import { JsonPointer } from './json-pointer.ts'
import { text } from './text.ts'

const ManagerRule = z.strictObject({
  match: text('the name of a field manager, such as vpa-*')
    .min(1, 'empty, write the name of a field manager, or "*" for all')
    .max(128, 'longer than 128 characters, which Kubernetes refuses')
    .meta({
      description:
        'Field manager, as metadata.managedFields names it, in which "*" stands for any characters.',
      examples: ['vpa-*'],
    }),
  class: z.enum(['human', 'controller', 'deployer']).meta({
    description:
      "What it is: of a human, fields that Git does not declare are removed; a controller's are left; an object of another deployer is not taken.",
  }),
  paths: z
    .array(JsonPointer)
    .min(1, 'an empty list, leave it out for all fields')
    .optional()
    .meta({
      description:
        'JSON pointers of the fields for which this holds, with all below them. Left out: all.',
      examples: [['/spec/template']],
    }),
})

export const ManagerRules = z.array(ManagerRule)
export type ManagerRules = z.output<typeof ManagerRules>
