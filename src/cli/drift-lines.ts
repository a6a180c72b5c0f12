import { type Paint, safeText } from './output.ts'

interface ToldDrift {
  readonly ref: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly type: string
  readonly message: string
  readonly healed: boolean
  readonly contended?: boolean | undefined
  readonly fields: readonly {
    readonly path: string
    readonly desired?: unknown
    readonly live?: unknown
  }[]
  readonly offender: {
    readonly manager: string
    readonly time?: string | undefined
    readonly user?: string | undefined
  } | null
}

const verbs: Readonly<Record<string, string>> = { declared: 'changed', extra: 'added' }

/**
 * One drift for people: what was done, by what program and when, then each field. Where somebody
 * undoes each heal, what to do about it.
 */
export function tellDrift(drift: ToldDrift, paint: Paint): string[] {
  const { ref, fields } = drift
  const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
  const isToldWhole = fields.length === 0 || drift.contended === true
  const told = isToldWhole ? drift.message : doneBy(drift)
  const state = drift.healed ? paint('green', 'healed') : paint('yellow', 'not healed')
  return [
    `  ${safeText(`${ref.kind} ${name}: ${told}`)}; ${state}`,
    ...fields.map((field) =>
      safeText(`    ${field.path}: ${valueText(field.live)} → ${valueText(field.desired)}`),
    ),
  ]
}

function doneBy({ type, offender }: ToldDrift): string {
  const verb = verbs[type] ?? type
  if (offender === null) return `${verb}; Kubernetes records no author`
  const { user, manager, time } = offender
  const who = user === undefined ? manager : `${user} with ${manager}`
  return `${verb} by ${who}${time === undefined ? '' : ` at ${time}`}`
}

const longest = 100

export function valueText(value: unknown): string {
  if (value === undefined) return '(none)'
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
