import { createHmac } from 'node:crypto'
import { test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { createGithubVerifier } from '../../src/forge/github/verify.ts'
import { webhookSecret } from '../support/forge-settings.ts'
import { githubHeaders } from '../support/sign.ts'

const verifier = createGithubVerifier([createSecret(webhookSecret)])
const body = Buffer.from('{"zen":"Keep it logically awesome."}')
const signed = githubHeaders(body, webhookSecret)
const digest = signed['x-hub-signature-256']?.slice('sha256='.length) ?? ''

test('a body signed with the secret verifies', async (t) => {
  t.ok(verifier.admits(signed))
  t.ok(await verifier.verifies(signed, body))
})

test('the documented example of GitHub verifies', async (t) => {
  const documented = createGithubVerifier([createSecret("It's a Secret to Everybody")])
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'

  t.ok(
    await documented.verifies({ 'x-hub-signature-256': signature }, Buffer.from('Hello, World!')),
  )
})

test('any secret of the list verifies, and no other', async (t) => {
  const rotating = createGithubVerifier([
    createSecret('the-new-secret-of-32-characters!'),
    createSecret(webhookSecret),
  ])

  t.ok(await rotating.verifies(signed, body))
  t.ok(await rotating.verifies(githubHeaders(body, 'the-new-secret-of-32-characters!'), body))
  t.notOk(await rotating.verifies(githubHeaders(body, 'a-retired-secret'), body))
})

test('A4: a signature that is not exactly one digest is refused before the body', async (t) => {
  const values: Record<string, string | undefined> = {
    'no header': undefined,
    'an empty header': '',
    'an empty digest': 'sha256=',
    'upper-case algorithm': `SHA256=${digest}`,
    'upper-case digest': `sha256=${digest.toUpperCase()}`,
    'a digest too short': `sha256=${digest.slice(1)}`,
    'a digest too long': `sha256=${digest}0`,
    'the header twice': `sha256=${digest}, sha256=${digest}`,
    'blanks around': ` sha256=${digest} `,
    'a line more': `sha256=${digest}\n`,
  }
  for (const [name, value] of Object.entries(values)) {
    const headers = { ...signed, 'x-hub-signature-256': value }
    t.notOk(verifier.admits(headers), name)
    t.notOk(await verifier.verifies(headers, body), name)
  }
})

test('A4: a signature by SHA-1 alone is refused', async (t) => {
  const sha1 = createHmac('sha1', webhookSecret).update(body).digest('hex')
  const headers = { 'x-hub-signature': `sha1=${sha1}` }

  t.notOk(verifier.admits(headers))
  t.notOk(await verifier.verifies(headers, body))
})

test('A4: a signature with an empty key is refused', async (t) => {
  t.notOk(await verifier.verifies(githubHeaders(body, ''), body))
})

test('one changed byte of the body is refused', async (t) => {
  for (let index = 0; index < body.length; index += 1) {
    const changed = Buffer.from(body)
    changed[index] = (changed[index] ?? 0) ^ 1
    t.notOk(await verifier.verifies(signed, changed), `byte ${index}`)
  }
})

test('an empty body is refused, also a signed one', async (t) => {
  const empty = Buffer.alloc(0)

  t.notOk(await verifier.verifies(githubHeaders(empty, webhookSecret), empty))
})

test('bytes that are no UTF-8 do not verify as the text they decode to', async (t) => {
  const text = Buffer.from('{"a":"\ufffd"}')
  const headers = githubHeaders(text, webhookSecret)
  const broken = Buffer.from('{"a":"\xff"}', 'latin1')

  t.equal(broken.toString('utf8'), text.toString('utf8'))
  t.ok(await verifier.verifies(headers, text))
  t.notOk(await verifier.verifies(headers, broken))
  t.notOk(await verifier.verifies(githubHeaders(broken, webhookSecret), broken))
})
