import { globSync, readFileSync } from 'node:fs'
import { test } from 'tap'

// A secret compared with === tells by its time how much of it was right; crypto.timingSafeEqual does not.
const secretName = String.raw`\w*(?:signature|secret|digest|hmac|password|token|sha256)\w*`
const harmless = String.raw`(?!=|\s*(?:undefined|null|''|\d|typeof\b))`
const comparison = new RegExp(
  String.raw`\b${secretName}\)?\s*[!=]==?${harmless}|[^'\s]\s*[!=]==?\s*(?:\w+\.)*${secretName}\b`,
  'i',
)

function breachesIn(text: string): string[] {
  return text.split('\n').filter((line) => comparison.test(line))
}

test('a secret compared with ===', async (t) => {
  await t.test('is found where it is planted', async (t) => {
    const planted = [
      'if (signature === expected) return true',
      'return header !== settings.webhookSecret',
      'if (hash(token) == stored) return',
      "const isRight = request.headers['x-gitlab-token'] === given.token",
    ]

    t.strictSame(breachesIn(planted.join('\n')), planted)
  })

  await t.test('is not confused with asking whether there is one', async (t) => {
    const sound = ['if (token === undefined) return', "url.password !== ''", 'secrets.length === 0']

    t.strictSame(breachesIn(sound.join('\n')), [])
  })

  await t.test('stands nowhere in what meets the outside', async (t) => {
    const files = globSync(['src/forge/**/*.ts', 'src/server/**/*.ts'])
    const found = files.flatMap((file) =>
      breachesIn(readFileSync(file, 'utf8')).map((line) => `${file}: ${line.trim()}`),
    )

    t.ok(files.length > 20, 'the files are found')
    t.strictSame(found, [])
  })
})
