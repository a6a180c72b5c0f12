// Logs a line every few milliseconds to its standard output, which a test has put on a small disk.

import { logDestination } from '../../workers/log-destination.ts'
import { createLogger } from '../../workers/logger.ts'

const logger = createLogger({
  level: 'info',
  redact: (text) => text,
  destination: logDestination(),
})
let line = 0
setInterval(() => {
  line += 1
  logger.info({ line }, 'one more line')
}, 5)
process.on('disconnect', () => process.exit())
