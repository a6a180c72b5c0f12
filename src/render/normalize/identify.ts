import type { KubeObject } from '../../domain/kube-object.ts'
import type { Notes } from './rule.ts'
import { isRecord, omit } from './update-at.ts'

const ownershipLabel = 'applyset.kubernetes.io/part-of'

/** The value as an object the engine can name, or undefined after a note of all that is missing. */
export function identify(value: unknown, notes: Notes): KubeObject | undefined {
  if (!isRecord(value)) {
    notes.problem('a Kubernetes object is a mapping with apiVersion and kind')
    return undefined
  }
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || !/^(?:[^/\s]+\/)?[^/\s]+$/.test(apiVersion)) {
    notes.problem('apiVersion is missing or no text like apps/v1', value)
  } else if (typeof kind !== 'string' || kind === '') {
    notes.problem('kind is missing', value)
  } else if (!isRecord(metadata)) {
    notes.problem('metadata is missing', value)
  } else {
    const checked = checkMetadata(metadata, notes)
    return checked && { ...value, apiVersion, kind, metadata: checked }
  }
  return undefined
}

function checkMetadata(
  metadata: Readonly<Record<string, unknown>>,
  notes: Notes,
): KubeObject['metadata'] | undefined {
  const { namespace, generateName } = metadata
  const name = metadata['name'] ?? generatedName(metadata)
  if (typeof name !== 'string' || name === '') {
    const reason =
      generateName === undefined
        ? 'metadata.name is missing or no text; quote it if it looks like a number'
        : 'generateName makes a new object at every sync, which only a hook may; give it a name'
    notes.problem(reason, metadata)
    return undefined
  }
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    notes.problem('metadata.namespace is no text; quote it', metadata)
    return undefined
  }
  if (!checkTexts('labels', metadata, notes) || !checkTexts('annotations', metadata, notes)) {
    return undefined
  }
  const empty = ['namespace', 'labels', 'annotations'].filter((key) => isVoid(metadata[key]))
  return { ...omit(metadata, empty), name }
}

export const hookAnnotations = ['landfall.dev/hook', 'argocd.argoproj.io/hook', 'helm.sh/hook']

/** What a hook is called until a run gives it a name. */
function generatedName({ generateName, annotations }: Readonly<Record<string, unknown>>): unknown {
  const isHook = isRecord(annotations) && hookAnnotations.some((name) => name in annotations)
  return isHook && typeof generateName === 'string' ? generateName.replace(/[-.]+$/, '') : undefined
}

function isVoid(value: unknown): boolean {
  return value === null || value === ''
}

function checkTexts(
  field: 'labels' | 'annotations',
  metadata: Readonly<Record<string, unknown>>,
  notes: Notes,
): boolean {
  const texts = metadata[field]
  if (texts === undefined || texts === null) return true
  if (!isRecord(texts)) {
    notes.problem(`metadata.${field} is no mapping`, metadata)
    return false
  }
  const wrong = Object.entries(texts).filter(([, text]) => typeof text !== 'string')
  for (const [key] of wrong) notes.problem(`metadata.${field}.${key} is no text; quote it`, texts)
  const owned = field === 'labels' && Object.hasOwn(texts, ownershipLabel)
  if (owned) notes.problem(`the label ${ownershipLabel} is Landfall's own; remove it`, texts)
  return wrong.length === 0 && !owned
}
