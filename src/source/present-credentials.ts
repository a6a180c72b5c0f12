import { chmod, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitCredentials } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import type { GithubApp } from '../domain/github-app.ts'
import type { Secret } from '../domain/secret.ts'
import type { Remote } from './remote.ts'

/**
 * A token that is valid for some minutes more, for an App that signs in; not the one that was
 * refused.
 */
export type AppToken = (app: GithubApp, signal: AbortSignal, refused?: Secret) => Promise<Secret>

interface Presenting {
  /** A private folder, of this fetch. */
  readonly dir: string
  readonly appToken: AppToken | undefined
  readonly signal: AbortSignal
  /** Of the App, by the server just now. */
  readonly refused?: Secret | undefined
}

/** The credentials of one fetch, as git and ssh take them. Throws SOURCE_DENIED and FORGE_*. */
export async function presentCredentials(
  { credentials, title }: Remote,
  { dir, appToken, signal, refused }: Presenting,
): Promise<GitCredentials> {
  switch (credentials.kind) {
    case 'none':
    case 'token':
      return credentials
    case 'ssh':
      return { ...credentials, keyFile: await copyKey(credentials.keyFile, title, dir) }
    case 'app': {
      if (appToken === undefined) return credentials
      const token = await appToken(credentials.app, signal, refused)
      return { kind: 'token', username: 'x-access-token', token }
    }
  }
}

/** ssh takes no key that others may read, and a mounted Secret often is such a file. */
async function copyKey(file: string, title: string, dir: string): Promise<string> {
  const copy = join(dir, 'key')
  try {
    await copyFile(file, copy)
    await chmod(copy, 0o600)
    return copy
  } catch (error: unknown) {
    const text = `${title}: the ssh key ${file} cannot be read; check credentials.sshKey`
    throw new StageError('SOURCE_DENIED', text, { cause: error })
  }
}
