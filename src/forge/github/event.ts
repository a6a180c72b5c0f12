import type { IncomingHttpHeaders } from 'node:http'
import { StageError } from '../../domain/error.ts'
import type { ForgeEvent, RepositoryHint } from '../../domain/event.ts'
import { header } from '../header.ts'
import { parsePayload } from '../parse-payload.ts'
import { pushEvent } from '../push-event.ts'
import { PullRequest, Push, type Repository } from './payload.ts'

export function readGithubEvent(headers: IncomingHttpHeaders, payload: unknown): ForgeEvent {
  const name = header(headers, 'x-github-event')
  switch (name) {
    case undefined:
      throw new StageError('DELIVERY_MALFORMED', 'the header X-GitHub-Event is missing')
    case 'ping':
      return { kind: 'ping' }
    case 'push':
      return push(payload)
    case 'pull_request':
      return pullRequest(payload)
    default:
      return { kind: 'ignored', reason: 'events of this kind deploy nothing' }
  }
}

function push(payload: unknown): ForgeEvent {
  const { ref, before, after, repository } = parsePayload(Push, payload, 'push')
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
