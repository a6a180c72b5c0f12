import { systemClock } from '../src/domain/clock.ts'
import { createKeys } from '../src/queue/keys.ts'
import { createCurrent } from './current.ts'
import { createReceiverSetup } from './receiver-setup.ts'
import type { Parts, ServingRole } from './running-role.ts'
import { startReceiver } from './start-receiver.ts'

export async function runReceiver({ config, ...rest }: Parts): Promise<ServingRole> {
  const { server, dataDir } = config
  const setup = createCurrent(createReceiverSetup(config, systemClock))
  const keys = createKeys()
  const { url, close } = await startReceiver({
    ...rest,
    server,
    dataDir,
    setup,
    keys,
    clock: systemClock,
  })
  return {
    url,
    close,
    async prepare(changed) {
      const next = createReceiverSetup(changed, systemClock)
      return () => setup.replace(next)
    },
  }
}
