import { z } from 'zod'
import { valueText } from './drift-lines.ts'
import { type Paint, safeText } from './output.ts'

/** As the API answers it. */
export const recordAnswer = z.object({
  id: z.string(),
  at: z.string(),
  application: z.string(),
  ref: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
  user: z.string(),
  groups: z.array(z.string()),
  verb: z.string(),
  manager: z.string().optional(),
  fields: z.array(
    z.object({
      path: z.string(),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
  pod: z
    .object({
      name: z.string(),
      container: z.string().optional(),
      image: z.string().optional(),
      command: z.string().optional(),
    })
    .optional(),
  isDrift: z.boolean(),
  outcome: z.enum(['allowed', 'denied']),
  exemption: z.string().optional(),
  heal: z
    .object({
      sync: z.string().optional(),
      at: z.string(),
      overtaken: z.boolean().optional(),
    })
    .optional(),
})
type RecordAnswer = z.infer<typeof recordAnswer>

/** What was witnessed of an object, as the API answers it. */
export const witnessedAnswer = z.object({
  witnesses: z.array(z.string()),
  witnessed: z.array(recordAnswer),
})

/** One record for people: who and when, what was done to what, then each field. */
export function tellRecord(told: RecordAnswer, paint: Paint): string[] {
  const { at, user, groups, application, ref, fields, exemption } = told
  const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
  return [
    `${at}  ${paint('bold', safeText(user))}  ${stateText(told, paint)}`,
    safeText(`  ${doneText(told)} ${ref.kind} ${name} of ${application}`),
    ...(groups.length === 0 ? [] : [safeText(`  groups: ${groups.join(', ')}`)]),
    ...(exemption === undefined ? [] : [safeText(`  allowed since ${exemption}`)]),
    ...fields.map(({ path, before, after }) =>
      safeText(
        before === undefined && after === undefined
          ? `    ${path}`
          : `    ${path}: ${valueText(before)} → ${valueText(after)}`,
      ),
    ),
  ]
}

function doneText({ verb, manager, pod }: RecordAnswer): string {
  const by = manager === undefined ? '' : ` with ${manager}`
  if (pod === undefined) return `${verb}${by}`
  const image = pod.image === undefined ? '' : ` (${pod.image})`
  const container = pod.container === undefined ? '' : `, container ${pod.container}${image}`
  const command = pod.command === undefined ? '' : `: ${pod.command}`
  return `${verb}${by} in pod ${pod.name}${container}${command};`
}

function stateText({ outcome, heal, isDrift, pod }: RecordAnswer, paint: Paint): string {
  if (outcome === 'denied') return paint('red', 'refused')
  if (heal?.sync !== undefined) {
    const how = heal.overtaken === true ? 'overtaken' : 'undone'
    return paint('green', `${how} at ${heal.at} by sync ${heal.sync.slice(0, 8)}`)
  }
  if (heal !== undefined) return paint('green', `pod ended at ${heal.at}`)
  if (isDrift) return paint('yellow', pod === undefined ? 'not undone' : 'pod still runs')
  return pod === undefined ? 'left: nothing that Git declares' : 'left: the pod is not touched'
}
