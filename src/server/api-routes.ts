import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Redact } from '../domain/redact.ts'
import { redactStrings } from '../domain/redact-strings.ts'
import { type Caller, mayCall } from './access.ts'
import type { ApplicationControl } from './application-control.ts'
import { sendProblem } from './error-handler.ts'
import { ProblemError } from './problem.ts'
import type { RecordReader } from './record-reader.ts'

interface ApiDeps {
  /** Who sent this request; undefined: nobody known. */
  readonly callerOf: (request: FastifyRequest) => Caller | undefined
  readonly records: RecordReader
  readonly control: ApplicationControl
  /** Names of the clusters that have a witness. */
  readonly witnesses: () => readonly string[]
  readonly redact: Redact
}

const part = z.string().min(1).max(253)
const Wanted = z
  .object({ kind: part, name: part, namespace: part.optional() })
  .transform(({ kind, name, namespace }) => ({ kind, name, namespace }))

interface ApplicationRoute {
  Params: { name: string }
}

/** /api/v1: every request is authenticated before anything is looked up. */
export function registerApiRoutes(app: FastifyInstance, deps: ApiDeps): void {
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request, reply) => {
    const caller = deps.callerOf(request)
    if (caller === undefined) {
      throw new ProblemError('UNAUTHENTICATED', { 'www-authenticate': 'Bearer' })
    }
    if (!mayCall(caller.role, request.method)) throw new ProblemError('FORBIDDEN')
    request.setDecorator('caller', caller)
    reply.header('cache-control', 'no-store')
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'NOT_FOUND' }))
  registerReads(app, deps)
  registerWitnessed(app, deps)
  registerWrites(app, deps)
}

function registerReads(app: FastifyInstance, { records, redact }: ApiDeps): void {
  app.get('/applications', async () => ({
    applications: redactStrings(await records.applications(), redact),
    unconfigured: await records.unconfigured(),
  }))

  app.get<ApplicationRoute>('/applications/:name', async ({ params }) =>
    redactStrings(found(await records.application(params.name)), redact),
  )

  app.get<ApplicationRoute>('/applications/:name/syncs', async ({ params }) => {
    found(await records.application(params.name))
    const { name } = params
    const [syncs, shells] = await Promise.all([records.syncs(name), records.shells(name)])
    return redactStrings({ syncs, shells }, redact)
  })

  app.get<{ Params: { name: string; id: string } }>(
    '/applications/:name/syncs/:id',
    async ({ params }) => {
      const record = await records.sync(params.id)
      return redactStrings(found(record?.application === params.name ? record : undefined), redact)
    },
  )
}

function registerWitnessed(app: FastifyInstance, { records, witnesses, redact }: ApiDeps): void {
  app.get('/witnessed', async ({ query }) => {
    const wanted = Wanted.safeParse(query).data
    if (wanted === undefined) throw new ProblemError('BAD_REQUEST')
    const witnessed = await records.witnessed(wanted)
    return { witnesses: witnesses(), witnessed: redactStrings(witnessed, redact) }
  })
}

function registerWrites(app: FastifyInstance, { records, control }: ApiDeps): void {
  const asked = async (request: FastifyRequest<ApplicationRoute>, action: string) => {
    const { name } = found(await records.application(request.params.name))
    const by = request.getDecorator<Caller>('caller').name
    request.log.info({ application: name, action, by }, 'application controlled')
    return { name, by }
  }

  app.post<ApplicationRoute>('/applications/:name/sync', async (request, reply) => {
    const { name, by } = await asked(request, 'sync')
    const { wantedAt } = await control.sync(name, by)
    return reply.code(202).send({ application: name, wantedAt })
  })

  app.post<ApplicationRoute>('/applications/:name/pause', async (request) => {
    const { name, by } = await asked(request, 'pause')
    await control.pause(name, by)
    return { application: name, paused: true }
  })

  app.post<ApplicationRoute>('/applications/:name/resume', async (request) => {
    const { name, by } = await asked(request, 'resume')
    await control.resume(name, by)
    return { application: name, paused: false }
  })
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new ProblemError('NOT_FOUND')
  return value
}
