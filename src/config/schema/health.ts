import { z } from 'zod'
import { compileExpression } from '../health-expression.ts'
import { fault, text } from './text.ts'

const kindHint = 'a kind with its group, such as Certificate.cert-manager.io'

// Only these have no group: without this list a forgotten group would be a rule that never holds.
const coreKinds: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Endpoints',
  'LimitRange',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodTemplate',
  'ReplicationController',
  'ResourceQuota',
  'Secret',
  'Service',
  'ServiceAccount',
])

const Kind = text(kindHint)
  .regex(
    /^[A-Z][A-Za-z0-9]*(?:\.[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?$/,
    `not a kind, write ${kindHint}`,
  )
  .check(
    fault((kind) =>
      /^[A-Z][A-Za-z0-9]*$/.test(kind) && !coreKinds.has(kind)
        ? `the core group has no kind ${kind}, write ${kindHint}`
        : undefined,
    ),
  )

const Expression = text('a CEL expression, such as status.phase == "Ready"')
  .max(2_000, 'longer than 2,000 characters, shorten it')
  .check(
    fault((value) => {
      const compiled = compileExpression(value)
      return compiled.kind === 'invalid' ? compiled.reason : undefined
    }),
  )

const HealthRule = z.strictObject({
  kind: Kind.meta({
    description: 'Kind.group of the objects; Kind alone for the core group.',
    examples: ['Certificate.cert-manager.io'],
  }),
  healthy: Expression.meta({
    description:
      'CEL expression over apiVersion, kind, metadata, spec, status and self, the whole object: true where it is healthy.',
    examples: ['status.conditions.exists(c, c.type == "Ready" && c.status == "True")'],
  }),
  failed: Expression.optional().meta({
    description: 'CEL expression that is true where it has failed, and waiting cannot help.',
    examples: ['status.conditions.exists(c, c.type == "Ready" && c.reason == "Failed")'],
  }),
  progressing: Expression.optional().meta({
    description: 'CEL expression that is true where it is not done yet; asked before the others.',
    examples: ['status.?observedGeneration.orValue(0) < metadata.generation'],
  }),
})

export const HealthRules = z.array(HealthRule).check(
  fault((rules) => {
    const kinds = rules.map(({ kind }) => kind)
    const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index)
    return twice === undefined ? undefined : `${twice} is given twice, keep one`
  }),
)
export type HealthRules = z.output<typeof HealthRules>
