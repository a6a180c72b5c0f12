import { isRecord } from '../normalize/update-at.ts'

/** What a kustomization takes from elsewhere. */
export interface Reference {
  readonly text: string
  /** A base may be a folder with a kustomization of its own. */
  readonly kind: 'file' | 'base' | 'plugin'
}

const lists = {
  resources: 'base',
  bases: 'base',
  components: 'base',
  generators: 'plugin',
  transformers: 'plugin',
  validators: 'plugin',
  crds: 'file',
  configurations: 'file',
  patchesStrategicMerge: 'file',
} as const satisfies Readonly<Record<string, Reference['kind']>>

const pathHolders = ['patches', 'patchesJson6902', 'replacements']
const generators = ['configMapGenerator', 'secretGenerator']

/** Fields that make kustomize run helm, which it does with the network and plugins at hand. */
export const helmFields = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals']

export function referencesOf(kustomization: Readonly<Record<string, unknown>>): Reference[] {
  const listed = Object.entries(lists).flatMap(([field, kind]) =>
    texts(kustomization[field]).map((text): Reference => ({ text, kind })),
  )
  const held = pathHolders.flatMap((field) => records(kustomization[field]).flatMap(pathsIn))
  const generated = generators.flatMap((field) => records(kustomization[field]).flatMap(filesIn))
  const openapi = isRecord(kustomization['openapi']) ? pathsIn(kustomization['openapi']) : []
  return [...listed, ...held, ...generated, ...openapi].filter(({ text }) => !isInline(text))
}

/** Files that a plugin's own configuration names, at whatever depth. */
export function pluginReferences(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(pluginReferences)
  if (!isRecord(value)) return []
  const own = [...pathsIn(value), ...filesIn(value)]
  return [...own, ...Object.values(value).flatMap(pluginReferences)].filter(
    ({ text }) => !isInline(text),
  )
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

function isInline(text: string): boolean {
  return text === '' || /[\n{]/.test(text)
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
