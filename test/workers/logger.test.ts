import { test } from 'tap'
import { createRedactor } from '../../src/domain/redact.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { createLogger } from '../../workers/logger.ts'

test('a log line shows no secret, in whatever field it stands', async (t) => {
  const lines: string[] = []
  const logger = createLogger({
    level: 'info',
    redact: createRedactor([createSecret('hunter2-hunter2')]),
    destination: { write: (line) => lines.push(line) },
  })

  logger.warn(
    { url: 'https://mona:pw@host/x.git', err: new Error('token hunter2-hunter2 is refused') },
    'hunter2-hunter2',
  )

  t.notMatch(lines.join(''), /hunter2|mona:pw/)
  t.match(JSON.parse(lines[0] ?? ''), {
    url: 'https://[redacted]@host/x.git',
    msg: '[redacted]',
    err: { message: 'token [redacted] is refused' },
  })
})
