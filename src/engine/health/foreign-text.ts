// Sequences that colour, move or title; any control or format character, with those that turn text.
const control =
  /(?![\t\r])\p{Cc}\[[0-9;?]*[ -/]*[@-~]|(?![\t\r])\p{Cc}\][^\p{Cc}]*(?:\p{Cc}\\?)?|(?!\t)[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** What others wrote, without the bytes that do things to a terminal. */
export function withoutControl(text: string): string {
  return text.replace(control, '')
}

export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
