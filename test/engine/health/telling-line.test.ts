import fc from 'fast-check'
import { test } from 'tap'
import { tellingLine } from '../../../src/engine/health/telling-line.ts'
import { crashLogs } from '../../support/crash-logs.ts'

test('the telling line of a log', async (t) => {
  const logs: readonly (readonly [title: string, log: string, line: string | undefined])[] = [
    ['is the last one', 'starting\nexit now\n', 'exit now'],
    [
      'is the error above what Node.js writes below it',
      'Error: connect ECONNREFUSED 10.0.0.1:5432\n    at f (/app/x.js:1:7)\n\nNode.js v24.1.0\n',
      'Error: connect ECONNREFUSED 10.0.0.1:5432',
    ],
    [
      'is the exception below what Python writes above it',
      'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: PORT is not a number\n',
      'ValueError: PORT is not a number',
    ],
    [
      'is the panic above the goroutines of Go',
      'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\nexit status 2',
      'panic: runtime error: index out of range',
    ],
    ['is the last of several errors', 'error: one\nerror: two\nbye', 'error: two'],
    ['is none where there is only white space', ' \n\t\n\r\n', undefined],
    ['is none in an empty log', '', undefined],
    [
      'has no colours, and nothing else that a terminal obeys',
      '\u001b[31merror:\u001b[0m \u001b]0;title\u0007bad\u0000\u0007 \u202eflow\r\n',
      'error: bad flow',
    ],
    ['is cut', `error: ${'many words '.repeat(50)}`, `error: ${'many words '.repeat(17)}many …`],
  ]
  for (const [title, log, line] of logs) {
    await t.test(title, async (t) => t.equal(tellingLine(log), line))
  }
})

test('the telling line of a crash is the message, not what stands around it', async (t) => {
  for (const { title, log, line } of crashLogs) {
    await t.test(title, async (t) => t.equal(tellingLine(log), line))
  }

  await t.test('and none of its frames where they are all that is left', async (t) => {
    const frames = '\tat com.acme.ErrorHandler.run(ErrorHandler.java:12)\n'.repeat(50)

    t.equal(tellingLine(`${frames}shutting down\n`), 'shutting down')
    t.match(tellingLine(frames), /^at com\.acme/, 'unless there is nothing else')
  })
})

const secret = 'hunter2-Zx81qW'
const lines = [
  `DB_PASSWORD=${secret} error`,
  `error: password: ${secret}`,
  `{"level":"error","token":"${secret}","msg":"no"}`,
  `error: cannot log in with password '${secret}'`,
  `Authorization: Bearer ${secret} refused`,
  `Authorization: Basic ${secret} refused`,
  `cannot connect to postgres://web:${secret}@db:5432/web`,
  `cannot connect to mongodb+srv://web:${secret}@cluster0.example.net/?retryWrites=true`,
  `dial error web:${secret}@tcp(db:3306)/web`,
  `redis error redis://:${secret}@redis:6379`,
  `error api_key=${secret}&q=1`,
  `error apiKey: "${secret}",`,
  `invalid client-secret ${secret}`,
  `error: the session id is ${secret}`,
  `error: AWS_SECRET_ACCESS_KEY => ${secret}`,
  `PGPASSWORD = "${secret} with words" is wrong`,
]

test('E5: what looks like a secret is not in the telling line of a log', async (t) => {
  for (const line of lines) {
    await t.test(line.replace(secret, '…'), async (t) => {
      const told = tellingLine(line) ?? ''

      t.notMatch(told, /hunter2|Zx81qW/)
      t.match(told, /\[redacted\]/)
    })
  }

  const tokens = [
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'glpat-AbCdEfGh1234567890xy',
    'AKIAIOSFODNN7EXAMPLE1',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
    'd41d8cd98f00b204e9800998ecf8427e',
    'xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx',
  ]
  for (const token of tokens) {
    await t.test(`a bare token of ${token.length} characters`, async (t) => {
      t.notMatch(tellingLine(`error: ${token} was refused`), token.slice(-12))
    })
  }

  const harmless = [
    "Error: Cannot find module '/app/node_modules/express/lib/router.js'",
    'Error: connect ECONNREFUSED 10.0.0.12:5432',
    'exec /usr/local/bin/server: exec format error',
    'FATAL: database "orders" does not exist (SQLSTATE 3D000)',
    'java.lang.OutOfMemoryError: Java heap space',
    'listen tcp :8080: bind: address already in use, failed',
    'error: relation "users" does not exist at character 15',
  ]
  for (const line of harmless) {
    await t.test(`says the reason in full: ${line}`, async (t) => t.equal(tellingLine(line), line))
  }
})

test('any log', async (t) => {
  await t.test('gives one short line without control characters', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (log) => {
          const line = tellingLine(log)
          if (line === undefined) return true
          return line.length <= 200 && !/[\p{Cc}\p{Cf}]/u.test(line.replaceAll('\t', ''))
        }),
        { numRuns: 500 },
      ),
    )
  })

  await t.test('costs little, however it is made', async (t) => {
    const hostile = [
      'a:',
      'a',
      '=',
      'password ',
      'a1',
      ':@',
      '\u001b[',
      '\u001b]',
      'token=',
      'A/b1',
      '"',
      "thread '' panicked at ",
      ':in (A',
      'a.rb:1:in (A: (A',
      'Error',
      'a.b.',
      ' at x',
    ]
    const started = performance.now()

    for (const part of hostile) tellingLine(part.repeat(16_000))
    for (const part of hostile)
      tellingLine(`${`error ${part.repeat(1_000)}`.slice(0, 1_999)}\n`.repeat(50))

    t.ok(performance.now() - started < 3_000, `${performance.now() - started} ms`)
  })
})
