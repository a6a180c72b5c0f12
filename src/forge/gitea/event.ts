import type { IncomingHttpHeaders } from 'node:http'
import { StageError } from '../../domain/error.ts'
import type { ForgeEvent, RepositoryHint } from '../../domain/event.ts'
import { isZeroSha } from '../../domain/revision.ts'
import { header } from '../header.ts'
import { parsePayload } from '../parse-payload.ts'
import { pushEvent } from '../push-event.ts'
import { PullRequest, Push, type Repository } from './payload.ts'

export function readGiteaEvent(headers: IncomingHttpHeaders, payload: unknown): ForgeEvent {
  const name = header(headers, 'x-gitea-event') ?? header(headers, 'x-forgejo-event')
  switch (name) {
    case undefined:
      throw new StageError('DELIVERY_MALFORMED', 'the header X-Gitea-Event is missing')
    case 'push':
      return push(payload)
    case 'pull_request':
      return pullRequest(payload)
    case 'delete':
      return { kind: 'ignored', reason: 'a branch or a tag was deleted' }
    default:
      return { kind: 'ignored', reason: 'events of this kind deploy nothing' }
  }
}

function push(payload: unknown): ForgeEvent {
  const { ref, before, after, repository } = parsePayload(Push, payload, 'push')
  // The button "Test push event" sends a push of a commit that is not there:
  // https://github.com/go-gitea/gitea/blob/v1.26.0/routers/web/repo/setting/webhook.go
  if (isZeroSha(before) && isZeroSha(after)) return { kind: 'ping' }
  return pushEvent({ ref, before, after, repository: hint(repository) })
}

function pullRequest(payload: unknown): ForgeEvent {
  const { action, pull_request, repository } = parsePayload(PullRequest, payload, 'pull_request')
  if (action !== 'closed' || pull_request.merged !== true) {
    return { kind: 'ignored', reason: 'the pull request is not merged' }
  }
  return {
    kind: 'merged',
    repository: hint(repository),
    ref: `refs/heads/${pull_request.base.ref}`,
  }
}

function hint(repository: Repository): RepositoryHint {
  return { id: String(repository.id), urls: [repository.clone_url, repository.ssh_url] }
}
