import { decodeHead } from '../decode/decode-head.ts'
import { firstLine } from '../decode/first-line.ts'
import { flattenLists } from '../decode/flatten-lists.ts'
import type { Places } from '../decode/node-to-value.ts'
import type { DocumentText } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'
import { fieldValues } from './field-values.ts'

/** What an object is called. */
export interface Named {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** An object, or a generator of some, and the line of its file that it begins at. */
export interface Declaration extends Named {
  readonly line: number
}

type Holder = Readonly<Record<string, unknown>>

/** What a document declares; undefined: it cannot be read. */
export function declarationsIn(document: DocumentText): readonly Declaration[] | undefined {
  const decoded = decodeHead(document)
  if (decoded.kind === 'empty') return []
  if (decoded.kind === 'bad') return undefined
  const first = firstLine(document)
  return [...flattenLists(decoded.value)].filter(isRecord).flatMap((item) => {
    const line = item === decoded.value ? first : (decoded.places.lineOf(item) ?? first)
    return [{ ...namedIn(item), line }, ...generatorsIn(item, decoded.places)]
  })
}

export function namedIn({ apiVersion, kind, metadata }: Holder): Named {
  const { namespace, name, generateName } = isRecord(metadata) ? metadata : {}
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    namespace: textOf(namespace),
    name: textOf(name ?? generateName),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const generators = {
  configMapGenerator: 'ConfigMapGenerator',
  secretGenerator: 'SecretGenerator',
}

/** By the names that kustomize has for those of a kustomization's own fields. */
function generatorsIn(kustomization: Holder, places: Places): Declaration[] {
  const own = { apiVersion: 'builtin', namespace: '' }
  const named = Object.entries(generators).flatMap(([field, kind]) =>
    fieldValues(kustomization, field)
      .flat()
      .filter(isRecord)
      .map((entry) => ({
        ...own,
        kind,
        name: textOf(entry['name']),
        line: places.lineOf(entry) ?? 1,
      })),
  )
  // Which of the charts an object is from nobody says.
  const charts = fieldValues(kustomization, 'helmCharts').map((list) => {
    const line = places.lineOf(list) ?? 1
    return { ...own, kind: 'HelmChartInflationGenerator', name: '', line }
  })
  return [...named, ...charts]
}
