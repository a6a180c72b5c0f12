import { z } from 'zod'
import { valueFileFault } from '../git-name.ts'
import { Decrypt } from './decrypt.ts'
import { Substitute } from './substitute.ts'
import { fault, text } from './text.ts'

const steps = { substitute: Substitute.optional(), decrypt: Decrypt.optional() }

const Detected = z.strictObject({
  type: z.enum(['auto', 'plain', 'kustomize']).optional().meta({
    description:
      'auto detects kustomization.yaml and Chart.yaml; plain takes every .yaml, .yml and .json below the path.',
    default: 'auto',
  }),
  ...steps,
})

const Helm = z.strictObject({
  type: z.literal('helm').meta({ description: 'A Helm chart at the path.' }),
  valueFiles: z
    .array(text('a path').check(fault(valueFileFault)))
    .optional()
    .meta({
      description: 'Value files in the repository, relative to the path of the application.',
      examples: [['values-prod.yaml']],
    }),
  values: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      description: 'Values that override those of the files.',
      examples: [{ replicaCount: 3 }],
    }),
  releaseName: text('a release name')
    .regex(
      /^[a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?$/,
      'not a release name, use at most 53 lower-case letters, digits and "-"',
    )
    .optional()
    .meta({ description: 'Left out: the name of the application.', examples: ['task-agent'] }),
  ...steps,
})

export const Render = z.discriminatedUnion('type', [Detected, Helm])
export type Render = z.output<typeof Render>
