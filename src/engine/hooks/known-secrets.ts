import type { KubeObject } from '../../domain/kube-object.ts'
import { createRedactor, type Redact } from '../../domain/redact.ts'
import { createSecret } from '../../domain/secret.ts'
import { isRecord } from '../canonical-json.ts'

/** Masks what the Secrets among these objects hold: a program may print what it was given. */
export function redactSecretsOf(objects: readonly KubeObject[]): Redact {
  const values = objects.flatMap((object) => {
    const data = object['data']
    if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isRecord(data)) return []
    return Object.values(data).flatMap((value) =>
      typeof value === 'string' ? [Buffer.from(value, 'base64').toString('utf8')] : [],
    )
  })
  return createRedactor(values.map(createSecret))
}
