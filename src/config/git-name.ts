/** Why a text is no branch Landfall tracks, by git-check-ref-format's rules; undefined: it is one. */
export function branchFault(name: string): string | undefined {
  if (name === '') return 'empty, write a branch such as main'
  if (name.startsWith('refs/')) return 'a full ref name, write the branch alone, such as main'
  if (name.startsWith('-')) return 'begins with "-", which git would read as an option'
  if (name === 'HEAD' || name === '@') return 'stands for whatever is checked out, write a branch'
  if (Buffer.byteLength(name) > 200) return 'longer than 200 bytes'
  if (/[\p{Cc} ~^:?*[\\]|@\{|\.\./u.test(name)) {
    return 'contains what git forbids in a branch: a space, "..", "@{" or one of ~^:?*[\\'
  }
  if (name.endsWith('.')) return 'ends with ".", which git forbids in a branch'
  return name.split('/').some(isForbiddenComponent) ? forbiddenComponent : undefined
}

const forbiddenComponent =
  'has a part that git forbids: empty, beginning with ".", or ending with ".lock"'

function isForbiddenComponent(part: string): boolean {
  return part === '' || part.startsWith('.') || part.endsWith('.lock')
}

/** Why a text is no directory inside a repository; undefined: it is one. */
export function pathFault(path: string): string | undefined {
  const parts = path.split('/')
  if (path.startsWith('/')) return 'absolute, write it relative to the root of the repository'
  if (path.startsWith('-') || path.startsWith(':')) {
    return `begins with "${path.slice(0, 1)}", which git would not read as a path`
  }
  if (/[\p{Cc}\\]/u.test(path))
    return 'contains a backslash or a control character, separate by "/"'
  if (parts.includes('..')) return 'contains "..", write it relative to the root of the repository'
  if (parts.some((part) => /^(?:\.git|git~1)$/i.test(part))) return 'leads into .git'
  if (Buffer.byteLength(path) > 1024) return 'longer than 1024 bytes'
  return undefined
}

/** `./apps//web/` as `apps/web`; the root is ''. */
export function normalizePath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

/** Why a text is no file beside a chart, `../` included, that stays inside the repository. */
export function valueFileFault(file: string): string | undefined {
  if (file === '') return 'empty, write a path'
  // Helm fetches URLs and runs downloader plugins such as secrets://.
  if (file.includes('://')) return 'a URL, write the path of a file in the repository'
  return pathFault(file.replace(/^(?:\.\.\/)+/, ''))
}
