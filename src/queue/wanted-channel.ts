import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'

/** Hears of urgent wants the moment they are recorded; what is missed costs only time. */
export interface WantedChannel {
  /** Calls with the generation of each urgent want of the application, until the answer is called. */
  listen(application: string, onWanted: (generation: number) => void): () => void
  close(): void
}

/** Takes a connection of its own out of `redis`: one that subscribes can do nothing else. */
export function createWantedChannel(
  redis: Redis,
  keys: Keys,
  onError: (error: Error) => void,
): WantedChannel {
  const subscriber = redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true })
  const listeners = new Map<string, Set<(generation: number) => void>>()
  subscriber.on('error', onError)
  subscriber.subscribe(keys.wanted).catch(onError)
  subscriber.on('message', (_channel, message) => {
    const [generation = '', application = ''] = message.split(' ')
    for (const onWanted of listeners.get(application) ?? []) onWanted(Number(generation))
  })
  return {
    listen(application, onWanted) {
      const ofApplication = listeners.get(application) ?? new Set()
      listeners.set(application, ofApplication.add(onWanted))
      return () => {
        ofApplication.delete(onWanted)
        if (ofApplication.size === 0) listeners.delete(application)
      }
    },
    close: () => subscriber.disconnect(),
  }
}
