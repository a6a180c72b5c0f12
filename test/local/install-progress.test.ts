import { test } from 'tap'
import { createInstallProgress } from '../../src/local/install-progress.ts'
import type { InstallEvent } from '../../src/local/install-tool.ts'

function tell(events: readonly InstallEvent[], { isTTY = false, verbose = false } = {}): string {
  let written = ''
  const out = {
    isTTY,
    write: (text: string) => {
      written += text
      return true
    },
  } as NodeJS.WriteStream
  const progress = createInstallProgress(out, { verbose })
  for (const event of events) progress.onEvent(event)
  progress.stop()
  return written
}

const path = '/cache/etcd'
const etcd = { name: 'etcd', version: '3.6.16' }

test('an installation says what it does and how long that takes', async (t) => {
  const events: readonly InstallEvent[] = [
    { kind: 'waiting', pid: 7 },
    { kind: 'downloading', ...etcd },
    { kind: 'offline', reason: 'getaddrinfo ENOTFOUND github.com' },
    { kind: 'building', ...etcd, usualSeconds: 85 },
    { kind: 'building', ...etcd, usualSeconds: 390 },
    { kind: 'installed', ...etcd, path },
    { kind: 'unavailable', name: 'kwok', reason: 'https://x.test/ answers 404' },
  ]

  t.equal(
    tell(events),
    `process 7 installs tools into the same cache: waiting for it
etcd 3.6.16: downloading (usually some seconds)
no network (getaddrinfo ENOTFOUND github.com): downloads are left out from here on
etcd 3.6.16: building, about 85 s on two cores
etcd 3.6.16: building, about 7 min on two cores
etcd 3.6.16: installed at /cache/etcd
kwok: no download: https://x.test/ answers 404
`,
  )
})

test('what is found is told only where asked', async (t) => {
  const found: readonly InstallEvent[] = [{ kind: 'found', ...etcd, path }]

  t.equal(tell(found), '')
  t.equal(tell(found, { verbose: true }), 'etcd 3.6.16: /cache/etcd\n')
})

test('the counting line of a terminal is wiped before the next one', async (t) => {
  const events: readonly InstallEvent[] = [
    { kind: 'downloading', ...etcd },
    { kind: 'installed', ...etcd, path },
  ]

  t.ok(tell(events, { isTTY: true }).includes('some seconds)\n\r\u001b[Ketcd 3.6.16: installed'))
})
