/**
 * The values of a field however its name is spelled: kustomize takes `Resources` and `reſources` for
 * `resources`, since Go does.
 */
export function fieldValues(
  holder: Readonly<Record<string, unknown>>,
  field: string,
): readonly unknown[] {
  const wanted = fold(field)
  return Object.entries(holder).flatMap(([key, value]) => (fold(key) === wanted ? [value] : []))
}

/** The one of these fields, as it is spelled here. */
export function spelledField(
  holder: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): string | undefined {
  const wanted = fields.map(fold)
  return Object.keys(holder).find((key) => wanted.includes(fold(key)))
}

// First to upper case: only so do the long s and the Kelvin sign become letters of ASCII.
function fold(name: string): string {
  return name.toUpperCase().toLowerCase()
}
