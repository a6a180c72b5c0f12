import type { ErrorCode } from '../../src/domain/error.ts'
import type { Files, TestRepository } from './git-repository.ts'

/** What a fixture may try to reach. */
export interface Traps {
  /** http, and nobody is to connect. */
  readonly url: string
  /** A file that is not to appear. */
  readonly marker: string
  /** A file that holds `canary`. */
  readonly secret: string
}

export const canary = 'c4nary-of-another-application'

/** A branch that harms whoever deploys it without care; `app` is the path of its application. */
export interface HostileRepository {
  /** Its row and its CVE or class. */
  readonly title: string
  /** `deployed`: what harms is left out, and the rest of it deploys. */
  readonly ends: ErrorCode | 'deployed'
  readonly render?: 'kustomize' | 'helm'
  readonly content:
    | { readonly kind: 'files'; readonly files: (traps: Traps) => Files }
    /** Returns the commit. */
    | { readonly kind: 'objects'; readonly write: (git: TestRepository) => Promise<string> }
}

export function files(of: (traps: Traps) => Files): HostileRepository['content'] {
  return { kind: 'files', files: of }
}

export function objects(
  write: (git: TestRepository) => Promise<string>,
): HostileRepository['content'] {
  return { kind: 'objects', write }
}

/** Puts it on a branch of its own, which shares no history with others. */
export async function pushHostile(
  repository: TestRepository,
  branch: string,
  { content }: HostileRepository,
  traps: Traps,
): Promise<void> {
  if (content.kind === 'objects') {
    const sha = await content.write(repository)
    await repository.git('push', '-q', 'origin', `${sha}:refs/heads/${branch}`)
    return
  }
  await repository.git('checkout', '-q', '--orphan', branch)
  await repository.git('rm', '-rfq', '--ignore-unmatch', '.')
  await repository.commit(content.files(traps))
}
