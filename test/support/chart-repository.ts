import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Seen } from './chart-registry.ts'
import { listenOn } from './listen-on.ts'
import { runHelm } from './run-helm.ts'

type Reply = {
  readonly status: number
  readonly location?: string
  readonly body?: Buffer | string
}

/** A repository of one chart `db`, packaged and indexed by helm, over HTTP. */
export async function aChartRepository(t: Test, version = '1.0.0') {
  const dir = await aPackagedChart(t, version)
  const archive = await readFile(join(dir, `db-${version}.tgz`))
  const seen: Seen[] = []
  const replies = new Map<string, Reply>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    seen.push({ path, authorization: request.headers.authorization })
    const { status, location, body = '' } = replies.get(path) ?? { status: 404 }
    response.writeHead(status, location === undefined ? {} : { location }).end(body)
  })
  const host = await listenOn(t, server)
  await runHelm(['repo', 'index', dir])
  replies.set('/charts/index.yaml', {
    status: 200,
    body: await readFile(join(dir, 'index.yaml'), 'utf8'),
  })
  replies.set(`/charts/db-${version}.tgz`, { status: 200, body: archive })
  const sha256 = createHash('sha256').update(archive).digest('hex')
  const url = `http://${host}/charts`
  return { url, host, dir, archive, sha256, seen, replies }
}

/** A folder with the chart `db` and its archive. */
export async function aPackagedChart(t: Test, version: string): Promise<string> {
  const dir = t.testdir({
    db: {
      'Chart.yaml': `apiVersion: v2\nname: db\nversion: ${version}\ndescription: "a: b"\nkeywords: [x, y]\n`,
      'values.yaml': 'size: 1\n',
      templates: {
        'a.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-db"}\ndata: {size: "{{ .Values.size }}"}\n',
      },
    },
  })
  await runHelm(['package', join(dir, 'db'), '--destination', dir])
  return dir
}
