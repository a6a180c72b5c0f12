import { z } from 'zod'
import { decodeHead } from '../decode/decode-head.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import type { DocumentText } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'
import { type Named, namedIn } from './declarations.ts'

/** What kustomize says of where an object is from; the repository may have written over it. */
export interface OriginNote {
  /** From the folder that was built. */
  readonly file: string
  /** What to look for there: the object, or what generated it. */
  readonly declared: Named
  readonly isGenerated: boolean
}

const text = z.string().default('')

const annotationSchema = z.object({
  path: text,
  repo: text,
  configuredIn: text,
  configuredBy: z.object({ apiVersion: text, kind: text, name: text }).optional(),
})

/** undefined: there is none, or it names another repository. */
export function noteIn(document: DocumentText): OriginNote | undefined {
  const decoded = decodeHead(document)
  if (decoded.kind !== 'value' || !isRecord(decoded.value)) return undefined
  const named = namedIn(decoded.value)
  const annotation = annotationOf(decoded.value)
  if (annotation === undefined || annotation.repo !== '') return undefined
  const { path, configuredIn, configuredBy } = annotation
  if (path !== '') return { file: path, declared: named, isGenerated: false }
  if (configuredIn === '' || configuredBy === undefined) return undefined
  const { apiVersion, kind, name } = configuredBy
  const declared = { apiVersion, kind, name: name === '' ? named.name : name, namespace: '' }
  return { file: configuredIn, declared, isGenerated: true }
}

function annotationOf({ metadata }: Readonly<Record<string, unknown>>) {
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined
  const written = isRecord(annotations) ? annotations['config.kubernetes.io/origin'] : undefined
  if (typeof written !== 'string') return undefined
  const decoded = decodeYaml({ text: written, line: 1 })
  return decoded.kind === 'value' ? annotationSchema.safeParse(decoded.value).data : undefined
}

const identifying = /^(?:apiVersion|kind): .*$|^ {2}(?:name|namespace): .*$/gm

/** Tells apart what kustomize has written in one build, and is the same in the next. */
export function identityOf({ text }: DocumentText): string {
  return (text.match(identifying) ?? []).join('\n')
}
