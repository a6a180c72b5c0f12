import type { Role } from '../../domain/role.ts'
import type { Findings } from '../findings.ts'
import type { SecretReader } from '../secret-reader.ts'

export interface ForgeContext {
  readonly allowInsecureHttp: boolean
  readonly role: Role | undefined
  readonly secrets: SecretReader
  readonly findings: Findings
}
