import { z } from 'zod'
import { Namespace } from './name.ts'
import { text } from './text.ts'

const Kind = text('a kind, such as ClusterRole.rbac.authorization.k8s.io').regex(
  /^(?:\*|[A-Z][A-Za-z0-9]*(?:\.[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?)$/,
  'not a kind, write Kind.group or Kind as in a manifest, such as ClusterRole.rbac.authorization.k8s.io, or "*"',
)

export const Allow = z.strictObject({
  namespaces: z
    .array(z.union([z.literal('*'), Namespace]))
    .optional()
    .meta({
      description: 'Namespaces it may write to; "*" is all. Left out: its own.',
      examples: [['default']],
    }),
  clusterKinds: z
    .array(Kind)
    .optional()
    .meta({
      description:
        'Cluster-scoped kinds it may write: Kind.group, Kind for the core group, "*" for all.',
      examples: [['Namespace', 'ClusterRole.rbac.authorization.k8s.io']],
      default: [],
    }),
  denyKinds: z
    .array(Kind)
    .optional()
    .meta({
      description: 'Kinds it may not write, wherever they live.',
      examples: [['Secret']],
      default: [],
    }),
})
export type Allow = z.output<typeof Allow>
