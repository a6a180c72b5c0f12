import { pino } from 'pino'
import { Registry } from 'prom-client'
import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import type { Config } from '../../src/domain/settings.ts'
import { createReload, type ReloadPart } from '../../workers/reload.ts'
import { aConfig } from '../support/a-config.ts'
import { anApplication } from '../support/an-application.ts'

function rig(parts: (inForce: string[]) => readonly ReloadPart[]) {
  const inForce: string[] = []
  const woken: string[] = []
  const logLines: Record<string, unknown>[] = []
  const registry = new Registry()
  const reload = createReload({
    running: aConfig(),
    parts: parts(inForce),
    wake: async (applications) => void woken.push(...applications),
    registry,
    logger: pino({}, { write: (line: string) => void logLines.push(JSON.parse(line)) }),
  })
  const load = (config: Config) => reload({ kind: 'ok', config, warnings: [], files: [] })
  const count = async (outcome: string) => {
    const { values } = (await registry.getMetricsAsJSON())[0] ?? { values: [] }
    return values.find(({ labels }) => labels['outcome'] === outcome)?.value
  }
  return { reload, load, inForce, woken, logLines, count }
}

const part =
  (name: string) =>
  (inForce: string[]): ReloadPart => ({
    prepare: async () => () => void inForce.push(name),
  })

test('a reload', async (t) => {
  await t.test('puts every part in force and says what changed', async (t) => {
    const { load, inForce, woken, logLines, count } = rig((log) => [part('a')(log), part('b')(log)])
    const applications = new Map([
      ['web', anApplication({ name: 'web', branch: 'stable' })],
      ['new', anApplication({ name: 'new' })],
    ])

    await load(aConfig({ applications }))

    t.strictSame(inForce, ['a', 'b'])
    t.match(logLines, [
      { msg: 'configuration reloaded', added: ['new'], removed: ['api'], changed: ['web'] },
    ])
    t.strictSame(woken, ['web'])
    t.equal(await count('applied'), 1)
  })

  await t.test('compares with what is in force, not with the start', async (t) => {
    const { load, logLines } = rig(() => [])
    const changed = aConfig({ applications: new Map() })
    await load(changed)
    await load(changed)

    t.match(logLines[1], { added: [], removed: [], changed: [] })
  })

  await t.test('of an invalid file tells every problem and changes nothing', async (t) => {
    const { reload, inForce, logLines, count } = rig((log) => [part('a')(log)])
    const place = { file: 'landfall.yaml', line: 3, col: 5 }
    const problems = [
      { ...place, path: 'applications.web.branch', message: 'missing' },
      { ...place, line: 7, path: '', message: 'not valid YAML' },
    ]

    await reload({ kind: 'invalid', problems, warnings: [], files: [] })

    t.strictSame(inForce, [])
    t.match(logLines, [
      {
        level: 50,
        problems: [
          'landfall.yaml:3:5 applications.web.branch: missing',
          'landfall.yaml:7:5 not valid YAML',
        ],
      },
    ])
    t.equal(await count('refused'), 1)
  })

  await t.test('puts no part in force where another one cannot take it up', async (t) => {
    const refusing: ReloadPart = {
      prepare: () => Promise.reject(new StageError('CONFIG_INVALID', 'forge github: too short')),
    }
    const { load, inForce, logLines } = rig((log) => [part('a')(log), refusing])

    await load(aConfig({ applications: new Map() }))

    t.strictSame(inForce, [])
    t.match(logLines, [{ level: 50, problems: ['forge github: too short'] }])
  })
})
