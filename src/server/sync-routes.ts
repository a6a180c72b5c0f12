import type { FastifyInstance } from 'fastify'
import type { Redact } from '../domain/redact.ts'
import { redactStrings } from '../domain/redact-strings.ts'
import { ProblemError } from './problem.ts'
import type { RecordReader } from './record-reader.ts'
import { syncPage } from './sync-page.ts'
import { syncPagePolicy } from './sync-page-style.ts'

interface SyncRouteDeps {
  readonly records: RecordReader
  readonly redact: Redact
}

/** GET /syncs/:id, the target of a commit status: open to whoever has the 128-bit id. */
export function registerSyncRoutes(app: FastifyInstance, { records, redact }: SyncRouteDeps): void {
  app.get<{ Params: { id: string } }>('/syncs/:id', async (request, reply) => {
    const { id } = request.params
    const record = /^[0-9a-f]{32}$/.test(id) ? await records.sync(id) : undefined
    if (record === undefined) throw new ProblemError('NOT_FOUND')
    const shown = redactStrings(record, redact)
    reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': syncPagePolicy,
      'referrer-policy': 'no-referrer',
      vary: 'accept',
    })
    if (prefersJson(request.headers.accept)) return shown
    return reply.type('text/html; charset=utf-8').send(syncPage(shown))
  })
}

function prefersJson(accept = ''): boolean {
  return accept.includes('application/json') && !accept.includes('text/html')
}
