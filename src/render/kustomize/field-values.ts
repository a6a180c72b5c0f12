/**
 * The values of a field however its name is spelled: kustomize takes `Resources` and `reſources` for
 * `resources`, since Go does.
 */
export function fieldValues(
  holder: Readonly<Record<string, unknown>>,
  field: string,
): readonly unknown[] {
  return Object.entries(holder).flatMap(([key, value]) => (isField(key, field) ? [value] : []))
}

/** The one of these fields, as it is spelled here. */
export function spelledField(
  holder: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): string | undefined {
  return Object.keys(holder).find((key) => fields.some((field) => isField(key, field)))
}

export function isField(key: string, field: string): boolean {
  return fold(key) === fold(field)
}

// First to upper case: only so do the long s and the Kelvin sign become letters of ASCII.
function fold(name: string): string {
  return name.toUpperCase().toLowerCase()
}
