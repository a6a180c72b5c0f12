import type { TestRepository } from '../support/git-repository.ts'
import { files, type HostileRepository, objects } from '../support/hostile-repository.ts'
import { configMapYaml } from '../support/manifests.ts'

async function blob(repository: TestRepository): Promise<string> {
  const tree = await repository.git('rev-parse', 'main^{tree}')
  return repository.git('rev-parse', `${tree}:app/c0.yaml`)
}

const commit = (repository: TestRepository, tree: string) =>
  repository.git('commit-tree', '-m', 'hostile', tree)

/** What git, and whoever writes out its trees, has to withstand. */
export const hostileTrees: readonly HostileRepository[] = [
  {
    title: 'C3: a tree that writes into .git (CVE-2024-32002)',
    ends: 'SOURCE_REFUSED',
    content: objects(async (repository) => {
      const hook = await repository.writeTree(
        `100755 blob ${await blob(repository)}\tpost-checkout\n`,
      )
      const hooks = await repository.writeTree(`040000 tree ${hook}\thooks\n`)
      return commit(repository, await repository.writeTree(`040000 tree ${hooks}\t.git\n`))
    }),
  },
  {
    title: 'C3: a submodule whose path ends in a carriage return (CVE-2025-48384)',
    ends: 'RENDER_REFUSED',
    content: objects(async (repository) => {
      const modules = '[submodule "a"]\n\tpath = "app/sub\r"\n\turl = ./sub\n'
      await repository.git('checkout', '-q', '--orphan', 'cr')
      await repository.commit({ '.gitmodules': modules, 'app/c0.yaml': configMapYaml('c0') })
      const head = await repository.git('rev-parse', 'HEAD')
      await repository.git('update-index', '--add', '--cacheinfo', `160000,${head},app/sub\r`)
      return commit(repository, await repository.git('write-tree'))
    }),
  },
  {
    title: 'C3: a submodule whose URL is an option (CVE-2018-17456)',
    ends: 'SOURCE_REFUSED',
    content: files(() => ({
      '.gitmodules': '[submodule "a"]\n\tpath = a\n\turl = -u./payload\n',
      'app/c0.yaml': configMapYaml('c0'),
    })),
  },
  {
    title: 'C3: filters and hooks that the commit brings along',
    ends: 'deployed',
    content: files(({ marker }) => ({
      '.gitattributes': '* filter=evil\n',
      '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${marker}\n`,
      '.githooks/post-checkout': `#!/bin/sh\ntouch ${marker}\n`,
      'app/filtered.yaml': configMapYaml('filtered'),
    })),
  },
  {
    title: 'C4: a manifest that is a link to another file (CVE-2022-24904)',
    ends: 'RENDER_REFUSED',
    content: files(({ secret }) => ({ 'app/a.yaml': { link: secret } })),
  },
  {
    title: 'C4: a base that is a link out of the repository (CVE-2022-31036)',
    ends: 'RENDER_REFUSED',
    render: 'kustomize',
    content: files(() => ({
      'app/kustomization.yaml': 'resources: [base]\n',
      'app/base': { link: '../../../../etc' },
    })),
  },
  {
    title: 'C4: links that leave only one after the other',
    ends: 'RENDER_REFUSED',
    render: 'kustomize',
    content: files(() => ({
      'app/kustomization.yaml': 'resources: [a]\n',
      'app/r': { link: '../top' },
      'top/x': '',
      'app/a': { link: 'r/../../..' },
    })),
  },
  {
    title: 'C5: a file whose name leads upwards',
    ends: 'SOURCE_REFUSED',
    render: 'kustomize',
    content: objects(async (repository) => {
      const up = await repository.writeTree(`100644 blob ${await blob(repository)}\t..\n`)
      return commit(repository, await repository.writeTree(`040000 tree ${up}\tapp\n`))
    }),
  },
  {
    title: 'C8: ten billion files in a kilobyte of trees (the Git bomb)',
    ends: 'SOURCE_REFUSED',
    content: objects(async (repository) => {
      const names = Array.from({ length: 10 }, (_, index) => index)
      const file = await blob(repository)
      let tree = await repository.writeTree(
        names.map((name) => `100644 blob ${file}\t${name}\n`).join(''),
      )
      for (let depth = 1; depth < 10; depth += 1) {
        const lines = names.map((name) => `040000 tree ${tree}\t${name}\n`)
        tree = await repository.writeTree(lines.join(''))
      }
      return commit(repository, await repository.writeTree(`040000 tree ${tree}\tapp\n`))
    }),
  },
  {
    title: 'D7: 21 megabytes of manifests (CVE-2022-31016)',
    ends: 'RENDER_LIMIT',
    content: files(() =>
      Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [
          `app/a${index}.yaml`,
          configMapYaml(`a${index}`, { a: 'x'.repeat(700_000) }),
        ]),
      ),
    ),
  },
  {
    title: 'D7: 20,000 objects',
    ends: 'RENDER_LIMIT',
    content: files(() => {
      const list = Array.from(
        { length: 20_000 },
        (_, index) => `${configMapYaml(`a${index}`)}---\n`,
      )
      return { 'app/a.yaml': list.join('') }
    }),
  },
  {
    title: 'D8: a billion laughs (CVE-2026-53550)',
    ends: 'RENDER_LIMIT',
    content: files(() => {
      const levels = Array.from({ length: 9 }, (_, depth) => {
        const items = Array(9).fill(depth === 0 ? '"lol"' : `*a${depth - 1}`)
        return `a${depth}: &a${depth} [${items.join(',')}]\n`
      })
      return { 'app/a.yaml': levels.join('') }
    }),
  },
  {
    title: 'D9: a key that reaches a prototype (CVE-2025-64718)',
    ends: 'RENDER_REFUSED',
    content: files(() => ({
      'app/a.yaml': `${configMapYaml('a')}x: &x {__proto__: {polluted: true}}\ny: {<<: *x}\n`,
    })),
  },
  {
    title: 'E3: a kubeconfig that runs a program (CVE-2022-24817)',
    ends: 'RENDER_INVALID',
    content: files(({ marker }) => ({
      kubeconfig: 'apiVersion: v1\nkind: Config\n',
      'app/kubeconfig.yaml': `apiVersion: v1
kind: Config
users:
- name: a
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [${marker}]}}
`,
    })),
  },
]
