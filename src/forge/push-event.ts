import type { ForgeEvent } from '../domain/event.ts'
import { isZeroSha } from '../domain/revision.ts'

type Push = Extract<ForgeEvent, { kind: 'push' }>

/** A push as it concerns deploying: only a branch that still exists can. */
export function pushEvent(push: Omit<Push, 'kind'>): ForgeEvent {
  if (push.ref.startsWith('refs/tags/')) return { kind: 'ignored', reason: 'a tag was pushed' }
  if (!push.ref.startsWith('refs/heads/')) {
    return { kind: 'ignored', reason: 'the ref is no branch' }
  }
  if (isZeroSha(push.after)) return { kind: 'ignored', reason: 'the branch was deleted' }
  return { kind: 'push', ...push }
}
