import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unready'; readonly reason: string }

interface ProbeDeps {
  readonly isReady: () => Promise<Readiness>
  readonly registry: Registry
}

export function registerProbeRoutes(app: FastifyInstance, { isReady, registry }: ProbeDeps): void {
  app.get('/healthz', () => ({ alive: true }))

  app.get('/readyz', async (_request, reply) => {
    const readiness = await isReady()
    if (readiness.kind === 'ready') return { ready: true }
    return reply.code(503).send({ ready: false, reason: readiness.reason })
  })

  app.get('/metrics', async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
