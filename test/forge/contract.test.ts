import { test } from 'tap'
import { startFakeGithub } from '../support/fake-github.ts'
import { startFakeGitlab } from '../support/fake-gitlab.ts'
import { forgeContract } from '../support/forge-contract.ts'

test('GitHub', (t) =>
  forgeContract(t, {
    type: 'github',
    start: startFakeGithub,
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
    states: {
      pending: 'pending',
      success: 'success',
      failure: 'failed',
      error: 'failed',
      superseded: 'canceled',
    },
  }))
