import { test } from 'tap'
import { startFakeGitea } from '../support/fake-gitea.ts'
import { startFakeGithub } from '../support/fake-github.ts'
import { startFakeGitlab } from '../support/fake-gitlab.ts'
import { forgeContract } from '../support/forge-contract.ts'

test('GitHub', (t) =>
  forgeContract(t, {
    type: 'github',
    start: startFakeGithub,
    unserved: 'FORGE_REJECTED',
    states: {
      pending: 'pending',
      success: 'success',
      failure: 'failure',
      error: 'error',
      superseded: 'error',
    },
  }))

test('GitLab', (t) =>
  forgeContract(t, {
    type: 'gitlab',
    start: startFakeGitlab,
    unserved: 'FORGE_REJECTED',
    states: {
      pending: 'pending',
      success: 'success',
      failure: 'failed',
      error: 'failed',
      superseded: 'canceled',
    },
  }))

test('Gitea', (t) =>
  forgeContract(t, {
    type: 'gitea',
    start: startFakeGitea,
    unserved: 'FORGE_UNREACHABLE',
    states: {
      pending: 'pending',
      success: 'success',
      failure: 'failure',
      error: 'error',
      superseded: 'error',
    },
  }))
