import { z } from 'zod'
import { text } from './text.ts'
import { Witness } from './witness.ts'

const hint = '{kubeconfig: FILE, context: NAME} or {inCluster: true}'

const witness = Witness.optional().meta({ description: 'Who changed what: docs/witness.md.' })

const Kubeconfig = z.strictObject({
  kubeconfig: text('the path of a kubeconfig')
    .min(1, 'empty, write the path of a kubeconfig')
    .meta({
      description:
        'Path of a kubeconfig, relative to the folder of landfall.yaml. Its exec plugins are run.',
      examples: ['./kubeconfig'],
    }),
  context: text('the name of a context')
    .min(1, 'empty, write the name of a context')
    .optional()
    .meta({
      description: 'Context of the kubeconfig. Left out: its current one.',
      examples: ['prod'],
    }),
  witness,
})

const InCluster = z.strictObject({
  inCluster: z.literal(true, { error: `write true, or ${hint}` }).meta({
    description: 'Use the ServiceAccount of the pod that Landfall runs in.',
  }),
  witness,
})

export const Cluster = z.union([Kubeconfig, InCluster], { error: `not a cluster, write ${hint}` })
export type Cluster = z.output<typeof Cluster>
