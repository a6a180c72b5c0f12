import { type Paint, safeText } from './output.ts'

interface ToldDrift {
  readonly ref: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly type: string
  readonly message: string
  readonly healed: boolean
  readonly fields: readonly {
    readonly path: string
    readonly desired?: unknown
    readonly live?: unknown
  }[]
  readonly offender: { readonly manager: string; readonly time?: string | undefined } | null
}

/** One drift for people: what, since when and by what program, then each field. */
export function tellDrift(drift: ToldDrift, paint: Paint): string[] {
  const { ref, offender } = drift
  const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
  const by =
    offender === null
      ? ''
      : ` by ${offender.manager}${offender.time === undefined ? '' : ` at ${offender.time}`}`
  const state = drift.healed ? paint('green', 'healed') : paint('yellow', 'not healed')
  const told = drift.fields.length === 0 ? `: ${drift.message}` : by
  return [
    `  ${ref.kind} ${name}: ${drift.type}, ${state}${safeText(told)}`,
    ...drift.fields.map((field) => {
      const change = `${valueText(field.live)} → ${valueText(field.desired)}`
      return `    ${safeText(`${field.path}: ${change}`)}`
    }),
  ]
}

const longest = 100

export function valueText(value: unknown): string {
  if (value === undefined) return '(none)'
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
