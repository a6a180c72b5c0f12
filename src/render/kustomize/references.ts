import { decodeYaml } from '../decode/decode-yaml.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'
import { fieldValues } from './field-values.ts'

type Holder = Readonly<Record<string, unknown>>

/** What a kustomization takes from elsewhere. */
export interface Reference {
  readonly text: string
  /**
   * A base may be a folder with a kustomization of its own. A plugin's configuration names files and
   * field paths by the same keys: a `mention` is only checked for leading to another host.
   */
  readonly kind: 'file' | 'base' | 'plugin' | 'mention' | 'inflator'
}

const lists = {
  resources: 'base',
  bases: 'base',
  components: 'base',
  crds: 'file',
  configurations: 'file',
} as const satisfies Readonly<Record<string, Reference['kind']>>

const plugins = ['generators', 'transformers', 'validators']

const pathHolders = ['patches', 'patchesJson6902', 'replacements']
const generators = ['configMapGenerator', 'secretGenerator']

/** Fields that make kustomize run helm; what the older one holds was never checked by anybody. */
export const helmFields = ['helmCharts', 'helmGlobals']
export const olderHelmField = 'helmChartInflationGenerator'

export function referencesOf(kustomization: Holder): Reference[] {
  const field = (name: string) => fieldValues(kustomization, name)
  const listed = Object.entries(lists).flatMap(([name, kind]) =>
    field(name)
      .flatMap(texts)
      .map((text): Reference => ({ text, kind })),
  )
  const plugged = plugins.flatMap((name) => field(name).flatMap(texts).flatMap(pluginEntry))
  const patches = field('patchesStrategicMerge').flatMap(texts)
  const patched = patches.filter((text) => inlineObjects(text) === undefined).map(fileReference)
  const held = pathHolders.flatMap((name) => field(name).flatMap(records).flatMap(pathsIn))
  const generated = generators.flatMap((name) => field(name).flatMap(records).flatMap(filesIn))
  const openapi = field('openapi').filter(isRecord).flatMap(pathsIn)
  return [...listed, ...plugged, ...patched, ...held, ...generated, ...openapi]
}

function pluginEntry(text: string): Reference[] {
  const inline = inlineObjects(text)
  if (inline === undefined) return [{ text, kind: 'plugin' }]
  const inflators = inline.filter(isInflator).map((): Reference => ({ text, kind: 'inflator' }))
  return [...inflators, ...pluginReferences(inline)]
}

/** A plugin that runs helm, with options that nobody checked. */
export function isInflator(plugin: Holder): boolean {
  return fieldValues(plugin, 'kind').some((kind) => /helm/i.test(String(kind)))
}

/** What a plugin's own configuration mentions, at whatever depth. */
export function pluginReferences(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(pluginReferences)
  if (!isRecord(value)) return []
  const own = [...pathsIn(value), ...filesIn(value)].map(
    ({ text }): Reference => ({ text, kind: 'mention' }),
  )
  return [...own, ...Object.values(value).flatMap(pluginReferences)]
}

/** kustomize takes an entry for YAML first, and for a path when that is no object. */
function inlineObjects(text: string): readonly Holder[] | undefined {
  const values = Array.from(splitDocuments(text), decodeYaml).flatMap((decoded) =>
    decoded.kind === 'value' && isRecord(decoded.value) ? [decoded.value] : [],
  )
  return values.length > 0 ? values : undefined
}

function pathsIn(holder: Holder): Reference[] {
  const paths = fieldValues(holder, 'paths').flatMap(texts)
  return [...texts(fieldValues(holder, 'path')), ...paths].map(fileReference)
}

// Written as a path or as key=path.
function filesIn(generator: Holder): Reference[] {
  const files = fieldValues(generator, 'files').flatMap(texts)
  const envs = fieldValues(generator, 'envs').flatMap(texts)
  const named = files.map((text) => text.slice(text.indexOf('=') + 1))
  return [...named, ...envs, ...texts(fieldValues(generator, 'env'))].map(fileReference)
}

function fileReference(text: string): Reference {
  return { text, kind: 'file' }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}

function records(value: unknown): Holder[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
