import { z } from 'zod'
import { Application, Defaults } from './application.ts'
import { Cluster } from './cluster.ts'
import { Forge } from './forge.ts'
import { EntryKey } from './name.ts'
import { Redis } from './redis.ts'
import { Security } from './security.ts'
import { Server } from './server.ts'
import { text } from './text.ts'

export const DataDir = text('the path of a directory')
  .min(1, 'empty, write the path of a directory')
  .meta({
    description:
      'Mirrors, the socket and the own Redis live here. Relative to the folder of landfall.yaml.',
    examples: ['/var/lib/landfall'],
    default: './.landfall',
  })

/** The whole of landfall.yaml, before secrets are read and defaults merged. */
export const LandfallFile = z
  .strictObject({
    server: Server.optional().meta({ description: 'The receiver: webhooks, API, sync pages.' }),
    redis: Redis.optional().meta({
      description: 'Left out: Landfall runs its own redis-server under dataDir.',
    }),
    dataDir: DataDir.optional(),
    forges: z.record(EntryKey, Forge).optional().meta({
      description: 'Forges by key; the key names the route: POST /webhooks/KEY.',
    }),
    clusters: z.record(EntryKey, Cluster).optional().meta({ description: 'Clusters by key.' }),
    applications: z.record(EntryKey, Application).optional().meta({
      description: 'Applications by name: one directory of one branch, deployed to one cluster.',
    }),
    security: Security.optional().meta({
      description: 'What is refused unless it is allowed here.',
    }),
    defaults: Defaults.optional().meta({
      description:
        'Any key of an application but path, merged under each: sync, allow and report key by key, health kind by kind, any other as a whole.',
    }),
  })
  .meta({ title: 'landfall.yaml', description: 'Configuration of Landfall.' })
export type LandfallFile = z.output<typeof LandfallFile>
