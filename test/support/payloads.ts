const before = '1'.repeat(40)
const after = '2'.repeat(40)

export interface PushOptions {
  readonly repo?: string
  readonly ref?: string
  readonly before?: string
  readonly after?: string
}

/** The parts of GitHub's push payload that anybody reads. */
export function githubPush(options: PushOptions = {}) {
  const { repo = 'https://github.com/acme/deploy.git', ref = 'refs/heads/main' } = options
  return {
    ref,
    before: options.before ?? before,
    after: options.after ?? after,
    deleted: false,
    forced: false,
    repository: githubRepository(repo),
    pusher: { name: 'mona', email: 'mona@example.com' },
    head_commit: { id: options.after ?? after, message: 'scale to three' },
  }
}

export function githubPullRequest(action: string, merged: boolean, headRepo = 'mona/deploy') {
  return {
    action,
    number: 7,
    pull_request: {
      merged,
      head: { ref: 'main', sha: after, repo: { id: 99, full_name: headRepo } },
      base: { ref: 'main', sha: before, repo: { id: 42, full_name: 'acme/deploy' } },
    },
    repository: githubRepository('https://github.com/acme/deploy.git'),
  }
}

function githubRepository(repo: string) {
  return {
    id: 42,
    name: 'deploy',
    full_name: 'acme/deploy',
    clone_url: repo,
    ssh_url: 'git@github.com:acme/deploy.git',
  }
}

/** The parts of GitLab's push payload that anybody reads. */
export function gitlabPush(options: PushOptions = {}) {
  const { repo = 'https://gitlab.com/acme/deploy.git', ref = 'refs/heads/main' } = options
  return {
    object_kind: 'push',
    event_name: 'push',
    before: options.before ?? before,
    after: options.after ?? after,
    ref,
    ref_protected: true,
    checkout_sha: options.after ?? after,
    project_id: 42,
    project: gitlabProject(repo),
    total_commits_count: 1,
    commits: [{ id: options.after ?? after, message: 'scale to three' }],
  }
}

export function gitlabMergeRequest(action: string, sourceProject = 42) {
  return {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    project: gitlabProject('https://gitlab.com/acme/deploy.git'),
    object_attributes: {
      action,
      state: action === 'merge' ? 'merged' : 'opened',
      source_branch: 'main',
      source_project_id: sourceProject,
      target_branch: 'main',
      target_project_id: 42,
    },
  }
}

function gitlabProject(repo: string) {
  return {
    id: 42,
    name: 'deploy',
    path_with_namespace: 'acme/deploy',
    git_http_url: repo,
    git_ssh_url: 'git@gitlab.com:acme/deploy.git',
  }
}

/** The parts of Gitea's push payload that anybody reads. */
export function giteaPush(options: PushOptions = {}) {
  const { repo = 'https://gitea.example.com/acme/deploy.git', ref = 'refs/heads/main' } = options
  return {
    ref,
    before: options.before ?? before,
    after: options.after ?? after,
    compare_url: '',
    commits: [{ id: options.after ?? after, message: 'scale to three' }],
    total_commits: 1,
    head_commit: { id: options.after ?? after, message: 'scale to three' },
    repository: giteaRepository(repo),
    pusher: { id: 7, login: 'mona' },
  }
}

export function giteaPullRequest(action: string, merged: boolean, headRepo = 'mona/deploy') {
  return {
    action,
    number: 7,
    pull_request: {
      merged,
      head: { label: 'main', ref: 'main', sha: after, repo_id: 99, repo: { full_name: headRepo } },
      base: { label: 'main', ref: 'main', sha: before, repo_id: 42 },
    },
    repository: giteaRepository('https://gitea.example.com/acme/deploy.git'),
    commit_id: '',
    review: null,
  }
}

function giteaRepository(repo: string) {
  return {
    id: 42,
    name: 'deploy',
    full_name: 'acme/deploy',
    clone_url: repo,
    ssh_url: 'git@gitea.example.com:acme/deploy.git',
  }
}
