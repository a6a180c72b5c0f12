import type { FastifyInstance } from 'fastify'

/** Answers what is under way, takes no more, and ends. */
export async function closeApp(app: FastifyInstance): Promise<void> {
  // Keep-alive connections that carry no request would hold it open.
  app.server.closeIdleConnections()
  await app.close()
}
