import { type ErrorCode, StageError } from '../domain/error.ts'

const cutShort = /early EOF|RPC failed|unexpected disconnect|hung up unexpectedly/i

const fullDisk = 'the disk under dataDir is full; free some space'

/** What git, run with LC_ALL=C, says when a fetch fails: the first row that matches decides. */
const fetchFaults: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/no space left on device|disk quota exceeded/i, 'SOURCE_UNREACHABLE', fullDisk],
  [/couldn't find remote ref/i, 'SOURCE_BRANCH_GONE', 'it has no such branch; nothing is deleted'],
  [
    /host key verification failed|remote host identification has changed|no .{1,20} host key is known/i,
    'SOURCE_HOST_KEY',
    'its host key is not the one in the known hosts file; check the host, then update the file',
  ],
  [
    /url returned error: 30\d|unable to update url base from redirection/i,
    'SOURCE_REFUSED',
    'it redirects elsewhere; configure the final URL',
  ],
  [/transport '[^']*' not allowed/i, 'SOURCE_REFUSED', 'its protocol is not allowed'],
  [
    /detected dubious ownership/i,
    'SOURCE_DENIED',
    'its folder belongs to another user of this machine',
  ],
  [
    /authentication failed|could not read (?:username|password)|permission denied|access denied|url returned error: 40[134]|repository .*not found|does not appear to be a git repository/i,
    'SOURCE_DENIED',
    'it does not exist or the credential may not read it; check repo and credentials',
  ],
  [
    /ssl certificate|certificate verification|ssl routines|gnutls_handshake|ssl_error|ssl connect|schannel/i,
    'SOURCE_UNREACHABLE',
    'its TLS certificate or handshake was not accepted',
  ],
  [/operation too slow|timed out/i, 'SOURCE_TIMEOUT', 'it sent too little for too long'],
  [cutShort, 'SOURCE_UNREACHABLE', 'the connection ended too early'],
  [
    /fsck error|error: object [0-9a-f]{40,64}: |invalid path|did not send all necessary objects/i,
    'SOURCE_REFUSED',
    'it sends objects that git fsck does not accept',
  ],
]

const damage = [
  /unable to create '.*\.lock'/i,
  /cannot lock ref .*(?:file exists|unable to resolve)/i,
  /not a git repository/i,
  /is corrupt|object corrupt|corrupted|inflate:|bad zlib|garbage at end/i,
  /pack ?file .*(?:cannot be|does not match|truncated|index unavailable)|is far too short to be a packfile/i,
  /(?:object|index) file .* (?:is empty|is too small)|wrong index|bad index|bad pack|bad object|bad tree object/i,
  /unable to (?:read|find|parse) [0-9a-f]{40,64}|could not (?:read|parse) [0-9a-f]{40,64}/i,
  /missing (?:blob|tree|commit|object)|bad config line|not our ref/i,
]

/** True when dropping the mirror and fetching all of it again may help. */
export function isMirrorDamage(stderr: string): boolean {
  // A pack that ends too early looks damaged too, but the mirror took none of it.
  if (cutShort.test(stderr) || isOversized(stderr)) return false
  // What the server says of its own repository comes behind this word.
  const ours = stderr.replace(/^remote:.*$/gm, '')
  return damage.some((pattern) => pattern.test(ours))
}

/** The kernel ended what writes the objects, at the limit of a file's size: it says nothing then. */
export function isOversized(stderr: string): boolean {
  const faults = stderr.split('\n').filter((line) => /^(?:fatal|error):/.test(line))
  if (faults.some((line) => /died of signal|file too large/i.test(line))) return true
  return faults.length === 1 && /invalid index-pack output/.test(faults[0] ?? '')
}

/** The server did not take the credential; one that it takes and that may not read is another case. */
export function isUnauthenticated(stderr: string): boolean {
  return /authentication failed|could not read (?:username|password)|returned error: 401/i.test(
    stderr,
  )
}

/** Two processes moved the same ref at once: the other one was first, asking again is enough. */
export function isRefRace(stderr: string): boolean {
  return /cannot lock ref .*(?:is at .* but expected|reference already exists)/i.test(stderr)
}

/** A commit that was asked for by its id is not there, or is not given out so. */
export function isUnknownCommit(stderr: string): boolean {
  return /remote error: .*not our ref|does not allow request for unadvertised object/i.test(stderr)
}

/** `what` names the repository and branch. git's own words stay in the cause, cut short. */
export function fetchError(what: string, stderr: string): StageError {
  const cause = new Error(excerpt(stderr))
  if (isOversized(stderr)) {
    const text = `${what}: it sends more than one fetch may take; make the repository smaller`
    return new StageError('SOURCE_REFUSED', text, { cause })
  }
  for (const [pattern, code, reason] of fetchFaults) {
    if (pattern.test(stderr)) return new StageError(code, `${what}: ${reason}`, { cause })
  }
  if (isMirrorDamage(stderr)) return corruptError(what, cause)
  return new StageError('SOURCE_UNREACHABLE', `${what} cannot be fetched: ${lastLine(stderr)}`, {
    cause,
  })
}

export function corruptError(what: string, cause: unknown): StageError {
  const text = `${what}: its mirror was damaged and has been dropped; the next sync fetches it anew`
  return new StageError('SOURCE_CORRUPT', text, { cause })
}

export function missingGit(cause: unknown): StageError {
  return new StageError('TOOL_MISSING', 'git is not installed; install it', { cause })
}

export function oldGit(stderr: string): StageError {
  const text = 'git is too old for Landfall; install git 2.36 or later'
  return new StageError('TOOL_MISSING', text, { cause: new Error(excerpt(stderr)) })
}

/** The disk under dataDir, not the repository, is at fault. */
export function diskError(what: string, error: unknown): StageError {
  if (error instanceof StageError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  const text = ['ENOSPC', 'EDQUOT'].includes(code)
    ? `${what}: ${fullDisk}`
    : `${what}: its mirror or checkout cannot be kept under dataDir (${code})`
  return new StageError('SOURCE_UNREACHABLE', text, { cause: error })
}

/** `signal` or our own limit ended it. */
export function stoppedError(what: string, reason: unknown): StageError {
  if (reason instanceof StageError) return reason
  return new StageError('SOURCE_TIMEOUT', `${what} was stopped before it was complete`, {
    cause: reason,
  })
}

function excerpt(stderr: string): string {
  return stderr
    .replace(/\/\/[^/\s]*@/g, '//')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .slice(0, 1000)
}

function lastLine(stderr: string): string {
  const lines = excerpt(stderr)
    .split('\n')
    .filter((line) => /^(?:fatal|error|remote|ssh):/.test(line))
  return (lines.at(-1) ?? 'git gave no reason').slice(0, 300)
}
