import { dumpRedis, type Named } from './canary.ts'
import type { Instance } from './instance.ts'
import type { Site } from './site.ts'

/** Everything that Landfall says, and to whom. */
export async function placesOf(site: Site, redisUrl: string, instance: Instance): Promise<Named> {
  const syncs = await site.syncs()
  const pages = syncs.map(async ({ id }) => (await fetch(`${instance.url}/syncs/${id}`)).text())
  const inventory = ['get', 'cm', `landfall-${site.name}`, '--namespace=landfall-system']
  const commands = ['status', 'history', 'diff'].map((command) =>
    site.landfall(command, site.name, '--output=json'),
  )
  return {
    'the log': instance.output(),
    'the API': JSON.stringify([await site.application(), syncs]),
    'the pages': (await Promise.all(pages)).join(),
    'the commands': JSON.stringify(await Promise.all(commands)),
    'the statuses': JSON.stringify(site.forge.statuses),
    'the metrics': await (await fetch(`${instance.url}/metrics`)).text(),
    Redis: await dumpRedis(redisUrl),
    'the inventory and history': await site.kubectl(...inventory, '-o', 'jsonpath={.data}'),
    'the events': await site.kubectl('get', 'events', '-o', 'json'),
  }
}
