import type { Rule } from './rule.ts'
import { isRecord, omit, updateAt } from './update-at.ts'

const serverMetadata = [
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'selfLink',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

// Go writes a zero time as null wherever a type embeds ObjectMeta.
const embeddedMetadata = [
  ['spec', 'template', 'metadata'],
  ['spec', 'volumeClaimTemplates', '*', 'metadata'],
  ['spec', 'jobTemplate', 'metadata'],
  ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
]

/** What only the server writes: an object saved by `kubectl get -o yaml` is full of it. */
export const stripServerFields: Rule = (object) => {
  const bare = omit({ ...object, metadata: omit(object.metadata, serverMetadata) }, ['status'])
  const clean = updateAt(bare, ['metadata', 'annotations'], (annotations) =>
    isRecord(annotations) ? omit(annotations, [lastApplied]) : annotations,
  )
  return embeddedMetadata.reduce((copy, path) => updateAt(copy, path, dropZeroTime), clean)
}

function dropZeroTime(metadata: unknown): unknown {
  return isRecord(metadata) && metadata['creationTimestamp'] === null
    ? omit(metadata, ['creationTimestamp'])
    : metadata
}
