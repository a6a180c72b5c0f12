import { chmod, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { StageError } from '../domain/error.ts'

// sun_path of Linux; macOS has 104.
const longestPath = 103

/**
 * Listens on a unix socket that only its owner may open, in place of one a dead instance left.
 * Throws CONFIG_INVALID where a living instance has it or the path is too long.
 */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestPath) {
    const text = `socket ${path}: longer than ${longestPath} bytes; choose a shorter dataDir`
    throw new StageError('CONFIG_INVALID', text)
  }
  if (await isAnswered(path)) {
    const text = `socket ${path}: another instance runs on this dataDir; stop it or choose another`
    throw new StageError('CONFIG_INVALID', text)
  }
  await rm(path, { force: true })
  await app.listen({ path })
  await chmod(path, 0o600)
}

async function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = createConnection({ path })
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
