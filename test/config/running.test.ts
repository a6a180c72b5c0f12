import { join } from 'node:path'
import { type Test, test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import { env, load, told, validConfig, validYaml } from '../support/landfall-yaml.ts'

const token = 'token: { file: token }'
const withFiles = `dataDir: ./data
redis: { url: { env: REDIS_URL } }
server: { listen: 127.0.0.1:8080 }
${validYaml.replace('token: { env: TOKEN }', token).replace('inCluster: true', 'kubeconfig: kubeconfig')}`

/** What is wrong with `yaml` for an instance that runs by the document above. */
async function reloaded(t: Test, yaml: string, changedEnv: NodeJS.ProcessEnv = {}) {
  const cwd = t.testdir({
    'landfall.yaml': withFiles,
    'next.yaml': yaml,
    kubeconfig: '',
    token: 'a-token',
  })
  const running = validConfig(await loadConfig({ file: 'landfall.yaml', cwd, env }))
  const changed = { file: 'next.yaml', cwd, env: { ...env, ...changedEnv }, running }
  return told(await loadConfig(changed)).map((line) => line.replace('next.yaml:', ''))
}

const word = 'cannot change while Landfall runs, restart it or change it back'

test('a configuration that is read while another one runs', async (t) => {
  await t.test('may change all that an instance takes up as it runs', async (t) => {
    const yaml = withFiles.replace('path: apps/web', 'path: apps/other')

    t.strictSame(await reloaded(t, yaml), [])
  })

  await t.test('cannot move the data, the Redis or the port', async (t) => {
    const yaml = withFiles
      .replace('./data', './elsewhere')
      .replace('8080', '9090')
      .replace('server: {', 'server: { trustProxy: true,')

    t.strictSame(await reloaded(t, yaml, { REDIS_URL: 'redis://other:6379' }), [
      `1:10 dataDir: ${word}`,
      `2:10 redis.url: ${word}`,
      `3:23 server.trustProxy: ${word}`,
      `3:37 server.listen: ${word}`,
    ])
  })

  await t.test('cannot leave out what was given, and is told so where it stood', async (t) => {
    const [, , ...rest] = withFiles.split('\n')

    t.strictSame(await reloaded(t, rest.join('\n')), [
      `1:1 dataDir: ${word}`,
      `1:1 redis.url: ${word}`,
    ])
  })
})

test('the files that a configuration depends on', async (t) => {
  await t.test('are itself, its secret files and its kubeconfigs', async (t) => {
    const loaded = await load(t, withFiles, { files: { token: 'a-token' } })

    const names = ['landfall.yaml', 'token', 'kubeconfig']
    t.strictSame(loaded.files.toSorted(), names.map((name) => join(t.testdirName, name)).toSorted())
  })

  await t.test('are known of an invalid one too, also those that are not there', async (t) => {
    const { kind, files } = await load(t, withFiles)

    t.equal(kind, 'invalid')
    t.ok(files.includes(join(t.testdirName, 'token')))
  })

  await t.test('of one that is no YAML are itself', async (t) => {
    const { files } = await load(t, 'a: [')

    t.strictSame(files, [join(t.testdirName, 'landfall.yaml')])
  })
})
