import { isRecord } from '../canonical-json.ts'
import { readField, readRecords, readText } from './read-field.ts'

/**
 * The workload's pod selector as the API takes it in a query; undefined: it has none, which would
 * select every pod there is.
 */
export function readPodSelector(workload: unknown): string | undefined {
  const selector = readField(workload, 'spec', 'selector')
  if (!isRecord(selector)) return undefined
  const isPlain = Object.values(selector).every((value) => typeof value === 'string')
  const labels = isPlain ? selector : readField(selector, 'matchLabels')
  const parts = [
    ...Object.entries(isRecord(labels) ? labels : {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [`${key}=${value}`] : [],
    ),
    ...readRecords(selector, 'matchExpressions').flatMap(formatExpression),
  ]
  return parts.length === 0 ? undefined : parts.join(',')
}

function formatExpression(expression: Record<string, unknown>): string[] {
  const key = readText(expression, 'key')
  const values = readField(expression, 'values')
  const list = Array.isArray(values) ? values.join(',') : ''
  if (key === undefined) return []
  switch (expression['operator']) {
    case 'In':
      return [`${key} in (${list})`]
    case 'NotIn':
      return [`${key} notin (${list})`]
    case 'Exists':
      return [key]
    case 'DoesNotExist':
      return [`!${key}`]
    default:
      return []
  }
}
