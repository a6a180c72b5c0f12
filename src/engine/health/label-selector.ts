import type { KubeObject } from '../../domain/kube-object.ts'
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

/** Which objects of a namespace a workload's selector finds, for the server and for us. */
export interface PodSelection {
  readonly namespace: string
  readonly labelSelector: string
  matches(object: KubeObject): boolean
}

/** undefined: the workload selects none. */
export function podSelection(workload: KubeObject): PodSelection | undefined {
  const labelSelector = readPodSelector(workload)
  const { namespace } = workload.metadata
  if (labelSelector === undefined || namespace === undefined) return undefined
  const selector = readField(workload, 'spec', 'selector')
  const tests = testsOf(isRecord(selector) ? selector : {})
  return {
    namespace,
    labelSelector,
    matches: ({ metadata: { labels = {} } }) => tests.every((holds) => holds(labels)),
  }
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

function testsOf(selector: Record<string, unknown>): LabelTest[] {
  const isPlain = Object.values(selector).every((value) => typeof value === 'string')
  const equal = isPlain ? selector : selector['matchLabels']
  return [
    ...Object.entries(isRecord(equal) ? equal : {}).flatMap(([key, value]): LabelTest[] =>
      typeof value === 'string' ? [(labels) => labels[key] === value] : [],
    ),
    ...readRecords(selector, 'matchExpressions').map(expressionTest),
  ]
}

function expressionTest(expression: Record<string, unknown>): LabelTest {
  const key = readText(expression, 'key')
  if (key === undefined) return () => true
  const values: readonly unknown[] = Array.isArray(expression['values']) ? expression['values'] : []
  switch (expression['operator']) {
    case 'In':
      return (labels) => values.includes(labels[key])
    case 'NotIn':
      return (labels) => !values.includes(labels[key])
    case 'Exists':
      return (labels) => labels[key] !== undefined
    case 'DoesNotExist':
      return (labels) => labels[key] === undefined
    default:
      return () => true
  }
}
