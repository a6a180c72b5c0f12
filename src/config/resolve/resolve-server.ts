import type { ServerSettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { Server } from '../schema/server.ts'
import type { Valid } from '../sections.ts'

export function resolveServer(server: Valid<Server>, findings: Findings): ServerSettings {
  const tokens = server.auth?.tokens ?? []
  const names = new Set<string>()
  for (const [index, { name }] of tokens.entries()) {
    if (names.has(name)) {
      findings.problem(
        ['server', 'auth', 'tokens', index, 'name'],
        'given twice, name it otherwise',
      )
    }
    names.add(name)
  }
  return {
    host: server.listen?.host ?? '0.0.0.0',
    port: server.listen?.port ?? 8080,
    publicUrl: server.publicUrl,
    trustProxy: server.trustProxy ?? false,
    tokens,
  }
}
