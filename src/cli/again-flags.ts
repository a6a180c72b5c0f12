import { defaultConfig } from './instance-option.ts'
import type { InventoryOptions } from './with-inventory.ts'

/** What was said of where an application is, for the same command to be called again. */
export function againFlags({ config, cluster, serviceAccount }: InventoryOptions): string {
  const account =
    serviceAccount === undefined ? undefined : `${serviceAccount.namespace}/${serviceAccount.name}`
  const said = [
    ['--config', config === defaultConfig ? undefined : config],
    ['--cluster', cluster],
    ['--service-account', account],
  ] as const
  return said
    .flatMap(([flag, value]) => (value === undefined ? [] : [` ${flag} ${shellWord(value)}`]))
    .join('')
}

function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
