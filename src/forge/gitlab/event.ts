import type { IncomingHttpHeaders } from 'node:http'
import { StageError } from '../../domain/error.ts'
import type { ForgeEvent, RepositoryHint } from '../../domain/event.ts'
import { header } from '../header.ts'
import { parsePayload } from '../parse-payload.ts'
import { pushEvent } from '../push-event.ts'
import { Kind, MergeRequest, type Project, Push } from './payload.ts'

/** The payload names its kind itself: project, group and system hooks differ in the header alone. */
export function readGitlabEvent(headers: IncomingHttpHeaders, payload: unknown): ForgeEvent {
  if (header(headers, 'x-gitlab-event') === undefined) {
    throw new StageError('DELIVERY_MALFORMED', 'the header X-Gitlab-Event is missing')
  }
  const { object_kind, event_name } = parsePayload(Kind, payload, 'webhook')
  const kind = object_kind ?? event_name
  switch (kind) {
    case undefined:
    case null:
      throw new StageError('DELIVERY_MALFORMED', 'webhook payload: object_kind is missing')
    case 'push':
      return push(payload)
    case 'merge_request':
      return mergeRequest(payload)
    case 'tag_push':
      return { kind: 'ignored', reason: 'a tag was pushed' }
    default:
      return { kind: 'ignored', reason: 'events of this kind deploy nothing' }
  }
}

function push(payload: unknown): ForgeEvent {
  const { ref, before, after, project } = parsePayload(Push, payload, 'push')
  return pushEvent({ ref, before, after, repository: hint(project) })
}

function mergeRequest(payload: unknown): ForgeEvent {
  const { object_attributes, project } = parsePayload(MergeRequest, payload, 'merge_request')
  if (object_attributes.action !== 'merge') {
    return { kind: 'ignored', reason: 'the merge request is not merged' }
  }
  return {
    kind: 'merged',
    repository: hint(project),
    ref: `refs/heads/${object_attributes.target_branch}`,
  }
}

function hint(project: Project): RepositoryHint {
  const urls = [project.git_http_url, project.git_ssh_url]
  return { id: String(project.id), urls: urls.filter((url) => typeof url === 'string') }
}
