import { z } from 'zod'
import { JsonPointer } from './json-pointer.ts'
import { text } from './text.ts'

const namePattern = /^[a-z0-9*](?:[a-z0-9.*:-]*[a-z0-9*])?$/

export const IgnoreRule = z.strictObject({
  kind: text('a kind, such as Deployment')
    .regex(/^[A-Z][A-Za-z0-9]*$/, 'not a kind, write it as in a manifest, such as Deployment')
    .meta({ description: 'Kind of the objects.', examples: ['Deployment'] }),
  group: text('an API group, such as apps')
    .regex(/^[a-z0-9.-]*$/, 'not an API group, write it without a version, such as apps')
    .optional()
    .meta({ description: 'API group; "" is the core group. Left out: any.', examples: ['apps'] }),
  namespace: text('a namespace')
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'not a namespace, leave it out to match any')
    .optional()
    .meta({ description: 'Namespace of the objects. Left out: any.' }),
  name: text('a name')
    .max(253, 'longer than 253 characters, which Kubernetes refuses')
    .regex(namePattern, 'not the name of an object, in which "*" stands for any characters')
    .optional()
    .meta({
      description: 'Name of the objects, in which "*" stands for any characters.',
      examples: ['web-*'],
      default: '*',
    }),
  fields: z
    .array(JsonPointer)
    .min(1, 'an empty list, write at least one JSON pointer')
    .meta({
      description: 'JSON pointers of fields that are neither compared nor healed.',
      examples: [['/spec/replicas']],
    }),
})
export type IgnoreRule = z.output<typeof IgnoreRule>
