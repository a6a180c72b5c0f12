import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { aRepository, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { type SshGitServer, startSshGitServer } from '../support/ssh-git-server.ts'

async function aServedRepository(t: Test) {
  const { dir, repository, source } = await aRepository(t)
  const server = await startSshGitServer(dir)
  t.teardown(() => server.close())
  const as = (files: Partial<Pick<SshGitServer, 'keyFile' | 'knownHostsFile'>> = {}) => {
    const { keyFile, knownHostsFile } = { ...server, ...files }
    return anApplication({
      repo: `ssh://git@127.0.0.1:${server.port}/deploy.git`,
      credentials: { kind: 'ssh', keyFile, knownHostsFile },
    })
  }
  return { dir, repository, source, server, as }
}

test('a repository over ssh', async (t) => {
  await t.test('is fetched with its key from the host in the known hosts file', async (t) => {
    const { repository, source, server, as } = await aServedRepository(t)

    t.equal((await source.fetchTip(as(), noSignal)).subject, 'first')
    await repository.commit({ 'apps/task-agent/config.yaml': 'a: 2\n' }, { message: 'second' })
    t.equal((await source.fetchTip(as(), noSignal)).subject, 'second')
    t.same(new Set(server.commands), new Set(["git-upload-pack '/deploy.git'"]))
  })

  await t.test('C9: another host key is refused, and nothing is sent', async (t) => {
    const { source, server, as } = await aServedRepository(t)

    const fetching = source.fetchTip(as({ knownHostsFile: server.otherKnownHostsFile }), noSignal)

    await t.rejects(fetching, { code: 'SOURCE_HOST_KEY', text: /host key/ })
    t.same(server.commands, [])
  })

  await t.test('C9: a host that nobody pinned is refused', async (t) => {
    const { source, server, as } = await aServedRepository(t)

    const fetching = source.fetchTip(as({ knownHostsFile: '/dev/null' }), noSignal)

    await t.rejects(fetching, { code: 'SOURCE_HOST_KEY' })
    t.same(server.commands, [])
  })

  await t.test('is denied to another key', async (t) => {
    const { source, server, as } = await aServedRepository(t)

    const fetching = source.fetchTip(as({ keyFile: server.otherKeyFile }), noSignal)

    await t.rejects(fetching, { code: 'SOURCE_DENIED' })
  })

  await t.test('takes a key whose file others may read, as a mounted Secret is', async (t) => {
    const { dir, source, server, as } = await aServedRepository(t)
    await chmod(server.keyFile, 0o444)

    t.equal((await source.fetchTip(as(), noSignal)).subject, 'first')
    t.same(await readdir(join(dir, 'data', 'tmp')), [], 'no copy of it is left')
  })

  await t.test('says which key file is not there', async (t) => {
    const { source, as } = await aServedRepository(t)

    const fetching = source.fetchTip(as({ keyFile: '/nonexistent/key' }), noSignal)

    await t.rejects(fetching, { code: 'SOURCE_DENIED', text: /\/nonexistent\/key/ })
  })
})
