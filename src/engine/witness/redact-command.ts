const mark = '…'
const longest = 200

/**
 * What of a command line may be told: the program and the names of its long options. What stands in
 * arguments is a secret as often as not: `mysql -psecret`, `sh -c 'export TOKEN=…'`.
 */
export function redactCommand(words: readonly string[]): string {
  const [program = '', ...rest] = words
  return [program, ...rest.map(tellWord)].join(' ').slice(0, longest)
}

function tellWord(word: string): string {
  const [, option, value] = /^(--[A-Za-z][A-Za-z0-9-]*)(=?)/.exec(word) ?? []
  if (option === undefined) return mark
  if (value === '=') return `${option}=${mark}`
  // `--password!secret` is no option that anything knows.
  return option === word ? option : mark
}
