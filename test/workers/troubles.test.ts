import { pino } from 'pino'
import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { createTroubles } from '../../workers/troubles.ts'

const away = new StageError('CLUSTER_UNREACHABLE', 'prod is away')
const forbidden = new StageError('CLUSTER_FORBIDDEN', 'pods may not be watched')
const debug = 20
const warn = 40

function rig() {
  const levels: number[] = []
  const write = (line: string) => void levels.push((JSON.parse(line) as { level: number }).level)
  let now = 0
  const troubles = createTroubles(pino({ level: 'debug' }, { write }), { now: () => now })
  return {
    troubles,
    levels,
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('a trouble that goes on', async (t) => {
  await t.test('is warned of once', async (t) => {
    const { troubles, levels } = rig()

    for (const what of ['pods', 'pods', 'services']) troubles.tell(what, away, 'not watched')

    t.strictSame(levels, [warn, debug, warn])
  })

  await t.test('is warned of again when it has become another one', async (t) => {
    const { troubles, levels } = rig()

    for (const error of [away, forbidden, forbidden]) troubles.tell('pods', error, 'not watched')

    t.strictSame(levels, [warn, warn, debug])
  })

  await t.test('is warned of again every hour', async (t) => {
    const { troubles, levels, pass } = rig()

    for (const minutes of [0, 59, 1, 59, 1]) {
      pass(minutes * 60_000)
      troubles.tell('pods', away, 'not watched')
    }

    t.strictSame(levels, [warn, debug, warn, debug, warn])
  })

  await t.test('is warned of at once after it was over', async (t) => {
    const { troubles, levels } = rig()

    troubles.tell('pods', away, 'not watched')
    troubles.end('pods')
    troubles.tell('pods', away, 'not watched')
    troubles.endAll()
    troubles.tell('pods', away, 'not watched')

    t.strictSame(levels, [warn, warn, warn])
  })
})
