import type { Application } from '../../domain/application.ts'
import type { Health } from '../../domain/health.ts'
import { type KubeObject, type ObjectRef, refOf } from '../../domain/kube-object.ts'
import type { Sighting } from '../../domain/watch-note.ts'
import { ignoredPointers } from '../ignored-field.ts'
import { fieldManager } from '../manager-class.ts'
import { sight } from '../verdict.ts'
import type { WatchedHealth } from './watched-health.ts'

/** An object as the watch saw it last. */
export interface Seen {
  readonly ref: ObjectRef
  readonly sighting: Sighting
  /** undefined: its kind has none that is followed. */
  readonly health: Health | undefined
  /** Nobody wrote to it after us: this may be our own write, of which the inventory is yet to tell. */
  readonly isOurs: boolean
  /** When we wrote to it last; '': never. */
  readonly oursAt: string
}

export function seenOf(
  object: KubeObject,
  application: Application,
  health: Pick<WatchedHealth, 'assess'>,
): Seen {
  const ref = refOf(object)
  const { ignore, managers } = application
  return {
    ref,
    sighting: sight(object, ignoredPointers(ignore, ref), managers),
    health: health.assess(object, application),
    ...authorship(object),
  }
}

function authorship({ metadata }: KubeObject): Pick<Seen, 'isOurs' | 'oursAt'> {
  let ours = ''
  let others = ''
  for (const { manager, subresource, time = '' } of metadata.managedFields ?? []) {
    if (subresource === 'status') continue
    if (manager === fieldManager) ours = time > ours ? time : ours
    else others = time > others ? time : others
  }
  return { isOurs: ours > others, oursAt: ours }
}
