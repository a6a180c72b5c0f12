import type { ForgeSettings } from '../../src/domain/settings.ts'
import type { FakeForge } from './fake-forge.ts'
import { startFakeGitea } from './fake-gitea.ts'
import { startFakeGithub } from './fake-github.ts'
import { startFakeGitlab } from './fake-gitlab.ts'
import { giteaPush, githubPush, gitlabPush, type PushOptions } from './payloads.ts'
import { giteaHeaders, githubHeaders, gitlabHeaders } from './sign.ts'

interface FakeKind {
  start(): Promise<FakeForge>
  /** The payload of a push. */
  push(options: PushOptions): object
  /** Of the delivery of a push. */
  headers(body: string, secret: string): Readonly<Record<string, string>>
}

/** What is faked of each forge: its API, and what it delivers. */
export const fakeForges: Readonly<Record<ForgeSettings['type'], FakeKind>> = {
  github: { start: startFakeGithub, push: githubPush, headers: githubHeaders },
  gitlab: {
    start: startFakeGitlab,
    push: gitlabPush,
    headers: (_body, secret) => gitlabHeaders(secret),
  },
  gitea: { start: startFakeGitea, push: giteaPush, headers: giteaHeaders },
}
