import { isRecord } from '../normalize/update-at.ts'
import { textOf } from './declarations.ts'
import { fieldValues } from './field-values.ts'

type Holder = Readonly<Record<string, unknown>>

/** An object as its generator calls it, and the part of the file that says so. */
export interface Generated {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly by: object
}

const fields = { configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' }
const plugins = new Map([
  ['ConfigMapGenerator', 'ConfigMap'],
  ['SecretGenerator', 'Secret'],
])

export function generatedIn(kustomization: Holder): readonly Generated[] {
  return Object.entries(fields).flatMap(([field, kind]) =>
    fieldValues(kustomization, field)
      .flat()
      .filter(isRecord)
      .filter(isOwn)
      .map((entry) => generated(kind, entry, entry)),
  )
}

export function generatedBy(plugin: Holder): readonly Generated[] {
  const { kind, metadata } = plugin
  const made = plugins.get(textOf(kind))
  if (made === undefined || !isRecord(metadata) || !isOwn(plugin)) return []
  return [generated(made, metadata, plugin)]
}

// What merges into that of a base, or replaces it, is declared there.
function isOwn(generator: Holder): boolean {
  return fieldValues(generator, 'behavior').every((one) => !/^(?:merge|replace)$/.test(textOf(one)))
}

function generated(kind: string, named: Holder, by: object): Generated {
  const text = (field: string) => textOf(fieldValues(named, field)[0])
  return { kind, namespace: text('namespace'), name: text('name'), by }
}
