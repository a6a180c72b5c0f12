import { z } from 'zod'
import { SopsFault } from './fault.ts'

const list = z.array(z.unknown()).nullish()
// Text or boolean: dotenv knows texts only.
const flag = z.union([z.boolean(), z.stringbool()]).nullish()

/** What SOPS writes beside the values, as far as it is needed to read them. */
const Metadata = z.object({
  age: z
    .array(z.object({ recipient: z.string().max(4096), enc: z.string().max(4096) }))
    .max(20)
    .nullish(),
  mac: z.string().max(1024),
  lastmodified: z.string().max(64),
  mac_only_encrypted: flag,
  key_groups: list,
  pgp: list,
  kms: list,
  gcp_kms: list,
  azure_kv: list,
  hc_vault: list,
  hckms: list,
})
export type Metadata = z.output<typeof Metadata>

/** Throws SopsFault. */
export function readMetadata(value: unknown): Metadata {
  const read = Metadata.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const where = ['sops', ...(issue?.path ?? [])].join('.')
  throw new SopsFault(`${where} is missing or not as SOPS writes it; encrypt the file anew`)
}
