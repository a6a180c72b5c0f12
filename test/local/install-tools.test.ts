import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Test, test } from 'tap'
import { freePort } from '../../src/local/free-port.ts'
import type { InstallEvent } from '../../src/local/install-tool.ts'
import { installTools } from '../../src/local/install-tools.ts'
import { thisProcess } from '../../src/local/process-identity.ts'
import type { ToolPin } from '../../src/local/tool-pins.ts'
import { aTool, script, writeProgram } from '../support/a-tool.ts'

const run = promisify(execFile)
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

/** A mirror of releases on loopback; what it lacks is 404. */
async function mirror(t: Test, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Where nobody listens. */
async function nowhere(): Promise<ToolPin['download']> {
  const url = `http://127.0.0.1:${await freePort()}`
  return { url: `${url}/agent`, checksums: `${url}/sums` }
}

/** A user with an empty cache in `dir`, and what is in `dir`/bin. */
function aUser(dir: string, path = '') {
  const events: InstallEvent[] = []
  const install = (pin: Partial<ToolPin>) =>
    installTools([aTool(pin)], {
      env: { PATH: `${join(dir, 'bin')}${path}`, XDG_CACHE_HOME: join(dir, 'cache') },
      onEvent: (event) => events.push(event),
    })
  return { install, events, cache: join(dir, 'cache/landfall/tools') }
}

const installedPath = 'agent/1.2.3-linux-amd64/agent'
const kinds = (events: readonly InstallEvent[]) => events.map(({ kind }) => kind)
// The go.mod of etcd stands in: the go command of these tests reads none.
const build = {
  set: 'etcd',
  package: 'example.test/agent',
  ldflags: '-X v={version}',
  usualSeconds: 5,
}

/** That, and where the module is. */
const listingGo = (version: string, module: string) =>
  fakeGo(version).replace('\n', `\nif [ "$1" = list ]; then echo ${module}; exit; fi\n`)

/** A go command that notes how it was called and writes a program where `-o` says. */
const fakeGo = (version: string) => `#!/bin/sh
echo "$PWD $CGO_ENABLED $*" > "$0.log"
/bin/mkdir -p "$GOCACHE"
while [ "$1" != -o ]; do shift; done
echo '#!/bin/sh' > "$2"
echo 'echo ${version}' >> "$2"
`

test('a download', async (t) => {
  await t.test(
    'that is what its checksum says is installed, and found the next time',
    async (t) => {
      const url = await mirror(t, {
        '/v1.2.3/agent-linux-amd64': script('v1.2.3'),
        '/v1.2.3/sums': `${sha256(script('v1.2.3'))}  agent-linux-amd64\n`,
      })
      const download = {
        url: `${url}/v{version}/agent-{os}-{arch}`,
        checksums: `${url}/v{version}/sums`,
      }
      const { install, events, cache } = aUser(t.testdir())

      const path = join(cache, installedPath)
      t.same([...(await install({ download }))], [['agent', path]])
      t.equal((await run(path)).stdout, 'v1.2.3\n')
      t.same([...(await install({ download }))], [['agent', path]])
      t.same(kinds(events), ['downloading', 'installed', 'found'])
      t.same(await readdir(cache), ['agent'], 'nothing else is left in the cache')
    },
  )

  await t.test('that is an archive gives its member and nothing else', async (t) => {
    const dir = t.testdir({ pack: { 'agent-1.2.3': { agent: script('v1.2.3'), README: '' } } })
    await run('tar', ['-czf', join(dir, 'a.tar.gz'), '-C', join(dir, 'pack'), 'agent-1.2.3'])
    const archive = await readFile(join(dir, 'a.tar.gz'))
    const url = await mirror(t, { '/a.tar.gz': archive, '/sums': sha256(archive) })
    const member = 'agent-{version}/agent'
    const { install, cache } = aUser(dir)

    await install({ download: { url: `${url}/a.tar.gz`, checksums: `${url}/sums`, member } })

    t.same(await readdir(join(cache, 'agent/1.2.3-linux-amd64')), ['agent'])
  })

  await t.test('that is not what its checksum says is refused and thrown away', async (t) => {
    const url = await mirror(t, { '/agent': script('v1.2.3'), '/sums': '0'.repeat(64) })
    const dir = t.testdir()
    await writeProgram(join(dir, 'bin/go'), fakeGo('v1.2.3'))
    const { install, events, cache } = aUser(dir)

    await t.rejects(
      install({ download: { url: `${url}/agent`, checksums: `${url}/sums` }, build }),
      {
        code: 'TOOL_MISSING',
        text: /its sha256 is .* expected 0{64}/,
      },
    )

    t.same(kinds(events), ['downloading'], 'and not replaced by a build in silence')
    t.same(await readdir(cache), [])
  })

  await t.test('that calls itself another version is refused', async (t) => {
    const url = await mirror(t, { '/agent': script('v1.2.4'), '/sums': sha256(script('v1.2.4')) })
    const { install, cache } = aUser(t.testdir())

    await t.rejects(install({ download: { url: `${url}/agent`, checksums: `${url}/sums` } }), {
      code: 'TOOL_MISSING',
      text: /does not run or does not call itself 1\.2\.3/,
    })

    t.same(await readdir(cache), [])
  })
})

test('a tool whose download is not there', async (t) => {
  await t.test('is built from its modules, with nothing left of the build', async (t) => {
    const url = await mirror(t, {})
    const dir = t.testdir()
    await writeProgram(join(dir, 'bin/go'), fakeGo('v1.2.3'))
    const { install, events, cache } = aUser(dir)

    const path = join(cache, installedPath)
    const download = { url: `${url}/agent`, checksums: `${url}/sums` }
    t.same([...(await install({ download, build }))], [['agent', path]])
    t.equal((await run(path)).stdout, 'v1.2.3\n')
    t.same(kinds(events), ['downloading', 'unavailable', 'building', 'installed'])
    t.same(await readdir(cache), ['agent'])
    t.match(
      await readFile(join(dir, 'bin/go.log'), 'utf8'),
      /tools\/build\/etcd 0 build -mod=readonly -trimpath -buildvcs=false -ldflags -X v=1\.2\.3 -o \S+ example\.test\/agent/,
    )
  })

  await t.test(
    'is built with C, tags, and the folders it reads, where the pin says so',
    async (t) => {
      const url = await mirror(t, {})
      const dir = t.testdir({ module: { options: { locale: 'x' }, templates: {}, src: {} } })
      await chmod(join(dir, 'module/options'), 0o555)
      await writeProgram(join(dir, 'bin/go'), listingGo('v1.2.3', join(dir, 'module')))
      const { install, cache } = aUser(dir, ':/bin')
      const folders = ['options', 'templates']

      const download = { url: `${url}/agent`, checksums: `${url}/sums` }
      await install({ download, build: { ...build, cgo: true, tags: 'sqlite fts', folders } })

      const installed = join(cache, dirname(installedPath))
      t.same((await readdir(installed)).sort(), ['agent', 'options', 'templates'])
      t.equal(await readFile(join(installed, 'options/locale'), 'utf8'), 'x')
      t.ok((await stat(join(installed, 'options'))).mode & 0o200, 'and can be removed again')
      t.match(
        await readFile(join(dir, 'bin/go.log'), 'utf8'),
        / 1 build .* -tags sqlite fts -ldflags/,
      )
    },
  )

  await t.test('is an error naming both ways where there is no Go', async (t) => {
    const url = await mirror(t, {})
    const { install } = aUser(t.testdir())

    await t.rejects(
      install({ download: { url: `${url}/agent`, checksums: `${url}/sums` }, build }),
      {
        code: 'TOOL_MISSING',
        text: /could not be downloaded \(\S+ answers 404\); to build it instead, put Go .* in PATH, or put agent 1\.2\.3 in PATH/,
      },
    )
  })

  await t.test('and whose build fails is an error with the words of the compiler', async (t) => {
    const url = await mirror(t, {})
    const dir = t.testdir()
    await writeProgram(join(dir, 'bin/go'), '#!/bin/sh\necho checksum mismatch >&2; exit 1\n')
    const { install, cache } = aUser(dir)

    await t.rejects(
      install({ download: { url: `${url}/agent`, checksums: `${url}/sums` }, build }),
      {
        code: 'TOOL_MISSING',
        text: /agent could not be built with \S+: checksum mismatch/,
      },
    )

    t.same(await readdir(cache), [])
  })
})

test('without a network, one failed download is enough', async (t) => {
  const dir = t.testdir()
  await writeProgram(join(dir, 'bin/go'), fakeGo('v1.2.3'))
  const events: InstallEvent[] = []
  const closed = await nowhere()
  const first = aTool({ download: closed, build })

  await installTools([first, { ...first, name: 'second' }], {
    env: { PATH: join(dir, 'bin'), XDG_CACHE_HOME: join(dir, 'cache') },
    onEvent: (event) => events.push(event),
  })

  t.same(kinds(events), [
    'downloading',
    'offline',
    'building',
    'installed',
    'building',
    'installed',
  ])
})

test('a second installation waits for the first and builds nothing again', async (t) => {
  const dir = t.testdir()
  await writeProgram(join(dir, 'bin/go'), fakeGo('v1.2.3'))
  const { install, events } = aUser(dir)
  const download = await nowhere()

  await Promise.all([install({ download, build }), install({ download, build })])

  t.equal(events.filter(({ kind }) => kind === 'building').length, 1)
  t.match(
    events.find(({ kind }) => kind === 'waiting'),
    { pid: thisProcess('').pid },
  )
})
