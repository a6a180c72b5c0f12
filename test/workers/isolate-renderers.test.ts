import { test } from 'tap'
import { isolateRenderers } from '../../workers/isolate-renderers.ts'
import { createLogger } from '../../workers/logger.ts'
import { isolations } from '../support/isolations.ts'

test('The log says once how far kustomize and helm are isolated', async (t) => {
  const lines: string[] = []
  const logger = createLogger({
    level: 'info',
    redact: (text) => text,
    destination: { write: (line: string) => lines.push(line) },
  })
  const [strongest] = await isolations(t)

  const isolation = await isolateRenderers(t.testdir({}), logger)

  t.strictSame(isolation, strongest)
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0] ?? ''), {
    level: isolation.kind === 'full' ? 30 : 40,
    isolation: isolation.kind,
    msg: /^kustomize and helm run /,
  })
})
