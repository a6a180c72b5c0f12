import { decodeYaml } from '../decode/decode-yaml.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'

/** What a kustomization takes from elsewhere. */
export interface Reference {
  readonly text: string
  /**
   * A base may be a folder with a kustomization of its own. A plugin's configuration names files and
   * field paths by the same keys: a `mention` is only checked for leading to another host.
   */
  readonly kind: 'file' | 'base' | 'plugin' | 'mention'
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

/** Fields that make kustomize run helm, which it does with the network and plugins at hand. */
export const helmFields = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals']

export function referencesOf(kustomization: Readonly<Record<string, unknown>>): Reference[] {
  const listed = Object.entries(lists).flatMap(([field, kind]) =>
    texts(kustomization[field]).map((text): Reference => ({ text, kind })),
  )
  const plugged = plugins.flatMap((field) =>
    texts(kustomization[field]).flatMap((text): Reference[] => {
      const inline = inlineObjects(text)
      return inline === undefined ? [{ text, kind: 'plugin' }] : pluginReferences(inline)
    }),
  )
  const patches = texts(kustomization['patchesStrategicMerge'])
  const patched = patches.filter((text) => inlineObjects(text) === undefined).map(fileReference)
  const held = pathHolders.flatMap((field) => records(kustomization[field]).flatMap(pathsIn))
  const generated = generators.flatMap((field) => records(kustomization[field]).flatMap(filesIn))
  const openapi = isRecord(kustomization['openapi']) ? pathsIn(kustomization['openapi']) : []
  return [...listed, ...plugged, ...patched, ...held, ...generated, ...openapi]
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
function inlineObjects(text: string): readonly unknown[] | undefined {
  const values = Array.from(splitDocuments(text), decodeYaml).flatMap((decoded) =>
    decoded.kind === 'value' && isRecord(decoded.value) ? [decoded.value] : [],
  )
  return values.length > 0 ? values : undefined
}

function pathsIn(holder: Readonly<Record<string, unknown>>): Reference[] {
  return [...texts([holder['path']]), ...texts(holder['paths'])].map(fileReference)
}

// Written as a path or as key=path.
function filesIn(generator: Readonly<Record<string, unknown>>): Reference[] {
  const files = texts(generator['files']).map((text) => text.slice(text.indexOf('=') + 1))
  return [...files, ...texts(generator['envs']), ...texts([generator['env']])].map(fileReference)
}

function fileReference(text: string): Reference {
  return { text, kind: 'file' }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
