const mark = '…'
const longest = 200

/**
 * What of a command line may be told: the program and the names of its long options. What stands in
 * arguments is a secret as often as not: `mysql -psecret`, `sh -c 'export TOKEN=…'`. Whoever quotes
 * the whole line gives it as the one word of the program.
 */
export function redactCommand([program = '', ...rest]: readonly string[]): string {
  const end = rest.indexOf('--')
  const told = rest.map((word, index) => (end < 0 || index < end ? tellWord(word) : mark))
  return [...tellProgram(program), ...told].join(' ').slice(0, longest)
}

function tellProgram(text: string): string[] {
  const [word = '', ...cut] = text.split(/\s+/)
  // `TOKEN=secret` or `postgres://user:secret@db` names no program.
  if (!/^[\w./+-]+$/.test(word)) return [mark]
  return cut.length === 0 ? [word] : [word, mark]
}

function tellWord(word: string): string {
  const [, option, value] = /^(--[A-Za-z][A-Za-z0-9-]*)(=?)/.exec(word) ?? []
  if (option === undefined) return mark
  if (value === '=') return `${option}=${mark}`
  // `--password!secret` is no option that anything knows.
  return option === word ? option : mark
}
