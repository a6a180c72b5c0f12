export type Path = readonly (string | number)[]

/** 1-based. */
export interface Position {
  readonly line: number
  readonly col: number
}

/** One thing wrong with one file. `path` is '' where it concerns the file as a whole. */
export interface Problem extends Position {
  readonly file: string
  readonly path: string
  /** What is wrong, what to write instead. Never a secret value. */
  readonly message: string
}

/** `file:line:col path: message`, the form editors and terminals turn into a link. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.col}`
  return problem.path === ''
    ? `${place} ${problem.message}`
    : `${place} ${problem.path}: ${problem.message}`
}

/** `applications.web.ignore[0].fields`, with odd keys quoted. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (!/^[A-Za-z0-9_-]+$/.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}
