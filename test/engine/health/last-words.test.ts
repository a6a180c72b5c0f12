import { test } from 'tap'
import type { Health } from '../../../src/domain/health.ts'
import { withLastWords } from '../../../src/engine/health/last-words.ts'

function crashed(pod: string, health: Health, isAwaited = true) {
  const container = { namespace: 'shop', pod, container: 'app', isPrevious: false }
  return { isAwaited, assessment: { health, message: pod, container } }
}

test('the few logs that are read are those of what has failed', async (t) => {
  const asked: string[] = []
  const objects = [
    crashed('looked-at', 'Degraded', false),
    ...['a', 'b', 'c', 'd'].map((name) => crashed(name, 'Progressing')),
    crashed('culprit', 'Degraded'),
  ]

  const told = await withLastWords(
    {
      client: {
        async readLog({ pod }) {
          asked.push(pod)
          return `error: of ${pod}`
        },
      },
      redact: (text) => text,
    },
    objects,
  )

  t.strictSame(asked.toSorted(), ['a', 'b', 'culprit'])
  t.equal(told.at(-1)?.assessment.message, 'culprit; its log says: error: of culprit')
})
