import type { FieldPath } from '../rewrite-object.ts'

const textMaps = new Set<string | number>(['labels', 'annotations', 'matchLabels', 'nodeSelector'])
const textLists = new Set<string | number>(['command', 'args'])
const dataFields: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['data', 'binaryData'],
  Secret: ['data', 'stringData'],
}

/**
 * Whether Kubernetes takes only a text there, whatever the variable looks like: `"8080"` in an
 * environment variable, `"true"` in an annotation.
 */
export function isTextField(kind: unknown, path: FieldPath): boolean {
  return isOwnName(path) || isTextAnywhere(path) || isData(kind, path)
}

function isOwnName([head, next]: FieldPath): boolean {
  if (head === 'metadata') return next === 'name' || next === 'namespace'
  return head === 'apiVersion' || head === 'kind'
}

function isTextAnywhere(path: FieldPath): boolean {
  const [last, parent, grandparent] = path.toReversed()
  if (last === 'value' && grandparent === 'env') return true
  return textMaps.has(parent ?? '') || textLists.has(parent ?? '')
}

function isData(kind: unknown, path: FieldPath): boolean {
  return path.length === 2 && dataFields[String(kind)]?.includes(String(path[0])) === true
}
