import { decodeYaml } from '../decode/decode-yaml.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'
import { spelledField } from './field-values.ts'

const field = 'buildMetadata'
const option = 'originAnnotations'

/**
 * The kustomization, as JSON, that has kustomize write on each object where it is from; undefined:
 * it is none. Only that of the folder which is built can ask.
 */
export function askForOrigins(kustomization: string): string | undefined {
  for (const document of splitDocuments(kustomization)) {
    const decoded = decodeYaml(document)
    if (decoded.kind === 'empty') continue
    if (decoded.kind === 'bad' || !isRecord(decoded.value)) return undefined
    const spelled = spelledField(decoded.value, [field]) ?? field
    const asked = decoded.value[spelled]
    const others: readonly unknown[] = Array.isArray(asked) ? asked : []
    return JSON.stringify({ ...decoded.value, [spelled]: [...others, option] })
  }
  return undefined
}
