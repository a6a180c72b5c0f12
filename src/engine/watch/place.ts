import { groupKind, type ObjectRef } from '../../domain/kube-object.ts'

/** Where one watch looks: a kind, in one namespace or everywhere. */
export interface Place extends Pick<ObjectRef, 'group' | 'kind'> {
  /** undefined: everywhere. */
  readonly namespace: string | undefined
}

export function placeKey(place: Place): string {
  return `${groupKind(place)} ${place.namespace ?? '*'}`
}

export function isPartOf(place: Place, ref: Omit<ObjectRef, 'version' | 'name'>): boolean {
  const isThere = place.namespace === undefined || place.namespace === ref.namespace
  return isThere && ref.group === place.group && ref.kind === place.kind
}
