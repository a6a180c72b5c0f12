import { describeRef } from '../domain/kube-object.ts'
import { valueText } from './drift-lines.ts'
import { type Paint, safeText } from './output.ts'

interface ToldAllowed {
  readonly ref: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly path: string
  readonly reason: string
  readonly owner: { readonly manager: string } | null
  readonly desired?: unknown
  readonly live?: unknown
}

/** Each field that is left as it is: what it is, what Git has, whose it is and why. */
export function tellAllowed(all: readonly ToldAllowed[], paint: Paint): string[] {
  const byObject = Map.groupBy(all, ({ ref }) => describeRef(ref))
  return [...byObject].flatMap(([object, some]) => [
    safeText(`  ${object}`),
    ...some.map((one) => `    ${safeText(fieldText(one))} ${paint('dim', safeText(whyText(one)))}`),
  ])
}

function fieldText(one: ToldAllowed): string {
  const { path, desired, live } = one
  const is = live === undefined ? '' : ` ${valueText(live)}`
  if (one.reason === 'controller') return `${path}:${is}`
  return `${path}:${is}${desired === undefined ? '' : `, in Git ${valueText(desired)}`}`
}

const reasons: Readonly<Record<string, string>> = {
  ignored: 'ignored by a rule',
  scaled: 'scaled',
  controller: 'not in Git',
}

function whyText({ reason, owner }: ToldAllowed): string {
  const why = reasons[reason] ?? reason
  return owner === null ? `(${why})` : `(${why}, owned by ${owner.manager})`
}
