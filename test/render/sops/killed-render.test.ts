import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { canary, findSecrets } from '../../support/canary.ts'
import { processesIn } from '../../support/processes.ts'
import { ageKey, sopsSecret, sopsYaml } from '../../support/sops.ts'
import { until } from '../../support/until.ts'

const key = await ageKey()
const program = new URL('../../support/stuck-render.ts', import.meta.url).pathname

async function killedRender(t: Test, type: string, files: Readonly<Record<string, string>>) {
  const dir = t.testdir({ repository: { app: files }, key: key.identity, tmp: {} })
  const tool = join(dir, 'tool')
  // In a sandbox it is known by nothing but its arguments.
  const sleep = `sleep 600.${randomInt(1e9)}`
  await writeFile(tool, `#!/bin/sh\n${sleep}\n`)
  await chmod(tool, 0o755)
  await mkdir(join(dir, 'data'))
  const env = { ...process.env, TMPDIR: join(dir, 'tmp') }
  const child = spawn(process.execPath, [program, dir, type], { env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const isRunning = async () => (await processesIn(sleep)).length > 0
  await until('the tool runs, so the files are decrypted', isRunning)
  const lines = await processesIn(dir)
  child.kill('SIGKILL')
  await ended
  await until('the tool is gone', async () => !(await isRunning()))
  return { 'a file': await everyFile(dir), 'the command lines': lines.join('\n') }
}

async function everyFile(dir: string): Promise<string> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile())
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  )
  return texts.join('\n')
}

test('E9: a worker that is killed while it renders leaves nothing in clear on the disk', async (t) => {
  const secrets = { resource: canary('resource'), file: canary('file') }
  const kustomize = await killedRender(t, 'kustomize', {
    'kustomization.yaml': 'resources: [a.yaml]\nsecretGenerator: [{name: b, files: [b.yaml]}]\n',
    'a.yaml': await sopsSecret('a', { password: secrets.resource }, key),
    'b.yaml': await sopsYaml({ password: secrets.file }, key, []),
  })
  const helm = await killedRender(t, 'helm', {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'secret.yaml': await sopsYaml({ password: secrets.file }, key, []),
  })

  for (const places of [kustomize, helm]) {
    t.match(places['a file'], 'ENC[AES256_GCM', 'the files were looked at')
    t.strictSame(findSecrets(secrets, places), [])
  }
})
