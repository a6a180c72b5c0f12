import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'

/** Hears of wants that do not wait the moment they are recorded; what is missed costs only time. */
export interface WantedChannel {
  /** Calls with each urgent want, and each drift, of the application, until the answer is called. */
  listen(application: string, onWanted: (want: NewWant) => void): () => void
  close(): void
}

export interface NewWant {
  readonly generation: number
  /** false: it has drifted. */
  readonly isUrgent: boolean
}

/** Takes a connection of its own out of `redis`: one that subscribes can do nothing else. */
export function createWantedChannel(
  redis: Redis,
  keys: Keys,
  onError: (error: Error) => void,
): WantedChannel {
  const subscriber = redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true })
  const listeners = new Map<string, Set<(want: NewWant) => void>>()
  subscriber.on('error', onError)
  subscriber.subscribe(keys.wanted).catch(onError)
  subscriber.on('message', (_channel, message) => {
    const [generation = '', application = '', kind] = message.split(' ')
    const want = { generation: Number(generation), isUrgent: kind === 'urgent' }
    for (const onWanted of listeners.get(application) ?? []) onWanted(want)
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
