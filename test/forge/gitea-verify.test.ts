import { createHmac } from 'node:crypto'
import { test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { createGiteaVerifier } from '../../src/forge/gitea/verify.ts'
import { webhookSecret } from '../support/forge-settings.ts'
import { forgejoHeaders, giteaHeaders } from '../support/sign.ts'

const verifier = createGiteaVerifier([createSecret(webhookSecret)])
const body = Buffer.from('{"ref":"refs/heads/main"}')
const gitea = giteaHeaders(body, webhookSecret)
const forgejo = forgejoHeaders(body, webhookSecret)
const digest = gitea['x-gitea-signature'] ?? ''

test('a body signed with the secret verifies, of Gitea and of Forgejo', async (t) => {
  for (const headers of [gitea, forgejo, { 'x-forgejo-signature': digest }]) {
    t.ok(verifier.admits(headers))
    t.ok(await verifier.verifies(headers, body))
  }
})

test('the signature is HMAC-SHA-256 of RFC 4231', async (t) => {
  const rfc = createGiteaVerifier([createSecret('Jefe')])
  const signature = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  const text = Buffer.from('what do ya want for nothing?')

  t.ok(await rfc.verifies({ 'x-gitea-signature': signature }, text))
})

test('any secret of the list verifies, and no other', async (t) => {
  const rotating = createGiteaVerifier([
    createSecret('the-new-secret-of-32-characters!'),
    createSecret(webhookSecret),
  ])

  t.ok(await rotating.verifies(gitea, body))
  t.ok(await rotating.verifies(giteaHeaders(body, 'the-new-secret-of-32-characters!'), body))
  t.notOk(await rotating.verifies(giteaHeaders(body, 'a-retired-secret'), body))
})

test('A4: a signature that is not exactly one digest is refused before the body', async (t) => {
  const values: Record<string, string | undefined> = {
    'no header': undefined,
    'an empty header': '',
    "GitHub's form": `sha256=${digest}`,
    'an upper-case digest': digest.toUpperCase(),
    'a digest too short': digest.slice(1),
    'a digest too long': `${digest}0`,
    'the header twice': `${digest}, ${digest}`,
    'blanks around': ` ${digest} `,
    'a line more': `${digest}\n`,
  }
  for (const [name, value] of Object.entries(values)) {
    for (const header of ['x-gitea-signature', 'x-forgejo-signature']) {
      const headers = { [header]: value }
      t.notOk(verifier.admits(headers), `${name} in ${header}`)
      t.notOk(await verifier.verifies(headers, body), `${name} in ${header}`)
    }
  }
})

test('A4: where both signatures came, one of them is not enough', async (t) => {
  const other = giteaHeaders(body, 'another-secret-of-32-characters!')['x-gitea-signature']
  for (const header of ['x-gitea-signature', 'x-forgejo-signature']) {
    t.notOk(verifier.admits({ ...forgejo, [header]: '' }), `empty ${header}`)
    t.notOk(await verifier.verifies({ ...forgejo, [header]: other }, body), `other ${header}`)
  }
})

test('A4: what Gitea sends where no secret is set is refused', async (t) => {
  for (const headers of [giteaHeaders(body, ''), forgejoHeaders(body, '')]) {
    t.notOk(verifier.admits(headers))
    t.notOk(await verifier.verifies(headers, body))
  }
})

test('A4: a signature with an empty key is refused', async (t) => {
  const signature = createHmac('sha256', '').update(body).digest('hex')

  t.notOk(await verifier.verifies({ 'x-gitea-signature': signature }, body))
})

test('A8: the signatures Gitea sends in the names of other forges do not count', async (t) => {
  const { 'x-gitea-signature': _, ...others } = gitea

  t.ok(others['x-hub-signature-256'])
  t.ok(others['x-gogs-signature'])
  t.notOk(verifier.admits(others))
  t.notOk(await verifier.verifies(others, body))
})

test('one changed byte of the body is refused', async (t) => {
  for (let index = 0; index < body.length; index += 1) {
    const changed = Buffer.from(body)
    changed[index] = (changed[index] ?? 0) ^ 1
    t.notOk(await verifier.verifies(gitea, changed), `byte ${index}`)
  }
})

test('an empty body is refused, also a signed one', async (t) => {
  const empty = Buffer.alloc(0)

  t.notOk(await verifier.verifies(giteaHeaders(empty, webhookSecret), empty))
})

test('bytes that are no UTF-8 do not verify as the text they decode to', async (t) => {
  const text = Buffer.from('{"a":"\ufffd"}')
  const headers = giteaHeaders(text, webhookSecret)
  const broken = Buffer.from('{"a":"\xff"}', 'latin1')

  t.equal(broken.toString('utf8'), text.toString('utf8'))
  t.ok(await verifier.verifies(headers, text))
  t.notOk(await verifier.verifies(headers, broken))
})
