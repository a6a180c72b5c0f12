import { StageError } from '../domain/error.ts'

/** A name that a tree may hold and a file system may be given. */
export function isSafeSegment(segment: string): boolean {
  return !/^(?:\.{0,2}|\.git|git~1)$/i.test(segment) && !/[\p{Cc}/]/u.test(segment)
}

/** Throws SOURCE_REFUSED unless it is '' or a plain relative path below the repository's root. */
export function checkRepoPath(path: string): string {
  if (path === '') return path
  if (path.length > 1024 || path.startsWith('-') || !path.split('/').every(isSafeSegment)) {
    const shown = JSON.stringify(path.slice(0, 80))
    throw new StageError('SOURCE_REFUSED', `${shown} is not a path inside a repository`)
  }
  return path
}
