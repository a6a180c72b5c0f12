import { test } from 'tap'
import { diskFinding } from '../../../src/cli/doctor/check-disk.ts'
import { tokenFindings } from '../../../src/cli/doctor/check-forges.ts'
import { nodeFinding } from '../../../src/cli/doctor/check-node.ts'
import { isolationFinding, toolFindings } from '../../../src/cli/doctor/check-renderers.ts'
import { lastFindings } from '../../../src/cli/doctor/check-webhooks.ts'
import { examine } from '../../../src/cli/doctor/checks.ts'
import { clockFinding } from '../../../src/cli/doctor/clock-finding.ts'
import { type Finding, ok } from '../../../src/cli/doctor/finding.ts'
import { StageError } from '../../../src/domain/error.ts'
import { createSecret } from '../../../src/domain/secret.ts'
import { aPatient } from '../../support/a-patient.ts'
import { anApplication } from '../../support/an-application.ts'

const level = (finding: Finding | undefined) => finding?.level
const gibibyte = 1024 ** 3
const day = 86_400_000

test('what doctor finds', async (t) => {
  await t.test('of Node: a problem before 24.12', async (t) => {
    t.strictSame(['24.11.9', '22.20.0'].map(nodeFinding).map(level), ['problem', 'problem'])
    t.strictSame(['24.12.0', '26.0.0'].map(nodeFinding).map(level), ['ok', 'ok'])
  })

  await t.test('of the disk: a warning below 1 GiB, a problem below 100 MiB', async (t) => {
    const found = [2 * gibibyte, gibibyte / 2, gibibyte / 20].map((free) => diskFinding('/d', free))

    t.strictSame(found.map(level), ['ok', 'warning', 'problem'])
    t.match(found[1], { message: '512 MiB are free for /d', mend: /make room/ })
  })

  await t.test(
    'of a clock: seconds are a warning, a minute is a problem, either way',
    async (t) => {
      const levels = [0, 4_000, -10_000, 61_000, -3_600_000].map((ms) =>
        level(clockFinding('c', ms)),
      )

      t.strictSame(levels, ['ok', 'ok', 'warning', 'problem', 'problem'])
      t.match(clockFinding('c', -3_600_000).message, "3600 s behind this machine's")
    },
  )

  await t.test('of renderers: a problem where an application needs a missing one', async (t) => {
    const chart = anApplication({
      name: 'web',
      render: { type: 'helm', valueFiles: [], values: {}, releaseName: undefined },
    })
    const tools = { kustomize: undefined, helm: undefined }

    t.match(toolFindings(tools, [chart]), [
      { level: 'warning', message: /^kustomize is not installed/ },
      { level: 'problem', message: 'helm is not installed, and web needs it' },
    ])
    t.match(toolFindings({ ...tools, helm: '/bin/helm' }, [chart])[1], { level: 'ok' })
  })

  await t.test('of their isolation: a warning where it is not whole', async (t) => {
    const granted = { prlimit: '/bin/prlimit', unshare: '/bin/unshare', countsProcesses: true }

    t.equal(isolationFinding({ kind: 'full', mount: '/bin/mount', ...granted }).level, 'ok')
    t.equal(isolationFinding({ kind: 'network', ...granted }).level, 'warning')
    t.equal(isolationFinding({ kind: 'none', prlimit: undefined }).level, 'warning')
  })

  await t.test('of a token: each fault, and that it expires soon', async (t) => {
    const report = { faults: [], expiresAt: undefined, clockSkewMs: 0 }
    const find = (changes: Partial<typeof report> | object) =>
      tokenFindings('forge github', { ...report, ...changes }, 0).map(level)

    t.strictSame(find({}), ['ok', 'ok'])
    t.strictSame(find({ faults: ['one', 'two'] }), ['problem', 'problem', 'ok'])
    t.strictSame(find({ expiresAt: 3 * day }), ['ok', 'warning', 'ok'])
    t.strictSame(find({ expiresAt: 300 * day }), ['ok', 'ok'])
    t.strictSame(find({ clockSkewMs: 90_000 }), ['ok', 'problem'])
  })

  await t.test('of deliveries: the last one, and which secret is still in use', async (t) => {
    const secrets = [createSecret('the-new-secret'), createSecret('the-old-secret')]
    const forge = { key: 'github', webhookSecrets: secrets }
    const deliveries = { last: 0, bySecret: [undefined, 0] }

    t.strictSame(
      lastFindings(forge, deliveries, 3 * day).map(({ message }) => message),
      [
        'a delivery was verified 3 days ago',
        'webhookSecret[0] verified nothing yet',
        'webhookSecret[1] verified a delivery 3 days ago',
      ],
    )
    t.match(lastFindings(forge, undefined, 0), [{ level: 'warning' }])
    t.equal(lastFindings({ ...forge, webhookSecrets: [] }, deliveries, 0).length, 1)
  })

  await t.test('of a check that fails: a problem, and the others are looked at', async (t) => {
    const found = await examine(aPatient(), [
      {
        name: 'redis',
        look: () => Promise.reject(new StageError('QUEUE_POLICY', 'set it to noeviction')),
      },
      { name: 'git', look: async () => [ok('git', 'fine')] },
    ])

    t.match(found, [
      { about: 'redis', level: 'problem', message: 'set it to noeviction' },
      { about: 'git', level: 'ok' },
    ])
  })
})
