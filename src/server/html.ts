/** Markup that is safe to send: made only by the tag below. */
export interface Html {
  readonly markup: string
}

type Value = Html | string | number | readonly Html[]

/** Every interpolated text becomes a text node or an attribute's value, never markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const rendered = parts.map(
    (part, index) => `${part}${index < values.length ? render(values[index]) : ''}`,
  )
  return { markup: rendered.join('') }
}

function render(value: Value | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
