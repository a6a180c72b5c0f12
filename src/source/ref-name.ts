import { StageError } from '../domain/error.ts'

// git-check-ref-format(1), rules 1, 3 to 10; a leading dash is refused there for branches too.
const forbidden = [
  /[\p{Cc} ~^:?*[\\]/u,
  /\.\./,
  /@\{/,
  /\/\//,
  /(?:^|\/)\./,
  /\.lock(?:\/|$)/,
  /^[-/]/,
  /[/.]$/,
  /^@?$/,
]

/** Full name of the branch at the remote. Throws SOURCE_REFUSED for what git would not take. */
export function branchRef(branch: string): string {
  if (Buffer.byteLength(branch) > 200 || forbidden.some((rule) => rule.test(branch))) {
    const shown = JSON.stringify(branch.slice(0, 80))
    throw new StageError('SOURCE_REFUSED', `${shown} is not the name of a branch`)
  }
  return `refs/heads/${branch}`
}

/** Where the mirror keeps that branch: out of refs/heads, so no short name ever finds it. */
export function mirrorRef(branch: string): string {
  return branchRef(branch).replace('refs/', 'refs/landfall/')
}
