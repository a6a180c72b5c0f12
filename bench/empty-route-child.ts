// The process behind webhook.ts: a POST route that parses its body as ours does, and nothing more.
import { createByteBudget } from '../src/server/byte-budget.ts'
import { createApp } from '../src/server/create-app.ts'
import { defaultLimits } from '../src/server/limits.ts'
import { parseJson } from '../src/server/parse-json.ts'
import { readBody } from '../src/server/read-body.ts'

const limits = defaultLimits
const app = createApp({ trustProxy: false, logger: undefined, limits, redact: (text) => text })
const budget = createByteBudget(limits.inFlightBytes)
app.post('/empty', async (request, reply) => {
  const lease = budget.lease()
  const body = await readBody(request.raw, limits.bodyBytes, lease)
  lease.release()
  if (body.kind !== 'read') return reply.code(400).send({})
  parseJson(body.bytes, limits.jsonDepth)
  return reply.code(202).send({ accepted: 1 })
})
process.on('disconnect', () => process.exit())
process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }))
