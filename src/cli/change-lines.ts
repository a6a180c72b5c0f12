import { describeRef } from '../domain/kube-object.ts'
import type { PlannedChange } from '../engine/preview.ts'
import { valueText } from './drift-lines.ts'
import { type Paint, safeText } from './output.ts'

/** What would become of one object: its name and place, then each field before and after. */
export function changeLines(change: PlannedChange, paint: Paint): string[] {
  const { ref, origin, message, fields } = change
  const place = origin === undefined ? '' : `  ${origin.file}:${origin.line}`
  const why = message === '' ? '' : `: ${message}`
  return [
    `  ${safeText(describeRef(ref) + why)}${paint('dim', safeText(place))}`,
    ...fields.flatMap(({ path, before, after }) => [
      `    ${safeText(path)}`,
      ...(before === undefined ? [] : [paint('red', `      - ${safeText(valueText(before))}`)]),
      ...(after === undefined ? [] : [paint('green', `      + ${safeText(valueText(after))}`)]),
    ]),
  ]
}
