import fc from 'fast-check'
import { test } from 'tap'
import { type Document, parseAllDocuments, visit } from 'yaml'
import type { Decryption } from '../../../src/domain/application.ts'
import { StageError } from '../../../src/domain/error.ts'
import { createSecret } from '../../../src/domain/secret.ts'
import { createDecryptor } from '../../../src/render/sops/decryptor.ts'
import { ageKey, fixtureKey, sopsFixture, sopsSecret, sopsYaml } from '../../support/sops.ts'

const key = await fixtureKey()

async function open(file: string, content: Buffer, decrypt: Decryption | undefined = key) {
  const told: string[] = []
  const options = { type: 'plain' as const, ...(decrypt === undefined ? {} : { decrypt }) }
  const decryptor = createDecryptor(options, (secrets) =>
    told.push(...secrets.map((secret) => secret.reveal())),
  )
  const opened = await decryptor.open(file, content)
  return { text: opened?.content.toString('utf8'), content: opened?.content, told }
}

async function refusal(file: string, content: string | Buffer, decrypt?: Decryption) {
  const error: unknown = await open(file, Buffer.from(content), decrypt).catch(
    (cause: unknown) => cause,
  )
  if (!(error instanceof StageError)) throw new Error('it was opened', { cause: error })
  if (error.code !== 'RENDER_REFUSED') throw error
  return error.text
}

function meaning(yaml: string | undefined): unknown {
  return parseAllDocuments(yaml ?? '', { version: '1.1' }).map((document) =>
    JSON.stringify(document.toJS(), (_key, value: unknown) => value),
  )
}

/** SOPS protects no key, and no value that is empty: its MAC is over the bytes of values alone. */
function leavesOf(yaml: string | undefined): string {
  const leaves: unknown[] = []
  for (const document of parseAllDocuments(yaml ?? '', { version: '1.1' })) {
    visit(document as Document, {
      Scalar: (key, { value }) => {
        if (key !== 'key' && value !== '' && value !== null) leaves.push(value)
      },
    })
  }
  return JSON.stringify(leaves)
}

test('what sops encrypted is read as sops reads it', async (t) => {
  for (const name of ['values', 'secret', 'two']) {
    const { text } = await open(`${name}.yaml`, await sopsFixture(`${name}.enc.yaml`))
    const expected = (await sopsFixture(`${name}.yaml.expected`)).toString()
    t.strictSame(meaning(text), meaning(expected), name)
    t.notMatch(text, /ENC\[|sops:/)
  }
  const dotenv = await open('app.env', await sopsFixture('app.enc.env'))
  const expected = (await sopsFixture('app.env.expected')).toString()
  t.equal(dotenv.text, expected.replace(/^#.*\n/m, ''), 'without its comments')
  const json = await open('c.json', await sopsFixture('config.enc.json'))
  const expectedJson = (await sopsFixture('config.json.expected')).toString()
  t.strictSame(JSON.parse(json.text ?? ''), JSON.parse(expectedJson))
  const blob = await open('blob', await sopsFixture('blob.enc.bin'))
  t.ok(blob.content?.equals(await sopsFixture('blob.bin')), 'every byte of a binary file')
})

test('a file for several recipients opens with the key of any', async (t) => {
  const other = await fixtureKey('other-key.txt')
  const file = await sopsFixture('secret.enc.yaml')

  t.match((await open('a.yaml', file, other)).text, 'hunter2-canary')
  const several = { age: [createSecret((await ageKey()).identity), ...other.age] }
  t.match((await open('a.yaml', file, several)).text, 'hunter2-canary', 'while keys are rotated')
})

test('lines stay where they are', async (t) => {
  const file = await sopsFixture('secret.enc.yaml')
  const lineOf = (text: string | undefined) =>
    (text ?? '').split('\n').findIndex((line) => line.includes('number:'))

  t.equal(lineOf((await open('a.yaml', file)).text), lineOf(file.toString()))
})

test('a file that is not encrypted is none of its business', async (t) => {
  const files = [
    'a: b\n',
    'sops: docs\ntext: how to write ENC[AES256_GCM,…\n',
    '# sops:\nkind: ConfigMap\ndata: {a: "ENC[AES256_GCM,data:x]"}\n',
  ]
  for (const file of files.slice(0, 1).concat(files.slice(2))) {
    t.equal((await open('a.yaml', Buffer.from(file))).content, undefined, file)
  }
  const secret = (await sopsFixture('secret.enc.yaml')).toString()
  const forOperator = secret.replace('apiVersion: v1', 'apiVersion: isindir.github.com/v1alpha3')
  t.equal((await open('a.yaml', Buffer.from(forOperator))).content, undefined)
})

test('E9: what cannot be opened is refused with file, reason and next step', async (t) => {
  const secret = (await sopsFixture('secret.enc.yaml')).toString()
  const values = (await sopsFixture('values.enc.yaml')).toString()
  const stranger = await ageKey()

  const wrong = await refusal('app/a.yaml', values, { age: [createSecret(stranger.identity)] })
  t.match(
    wrong,
    /^app\/a\.yaml:1: it is encrypted for age1\w+, and render\.decrypt\.age has the key of/,
  )
  t.match(wrong, stranger.recipient)
  t.match(wrong, /sops updatekeys/)
  t.notMatch(wrong, stranger.identity)
  const unasked = createDecryptor({ type: 'plain' }, () => {}).open('a.yaml', Buffer.from(secret))
  await t.rejects(unasked, {
    message: /a\.yaml:1: it is encrypted with SOPS.*set render\.decrypt\.age/,
  })
  const age = /\n {4}age:\n(?: {8}.*\n)+/
  const table: readonly (readonly [string, RegExp])[] = [
    [secret.replace(age, '\n    pgp:\n        - fp: x\n'), /encrypted for pgp, not for age/],
    [secret.replace(age, '\n    age: []\n'), /encrypted for nobody, not for age/],
    [
      secret.replace(age, '\n    shamir_threshold: 2\n    key_groups:\n        - age: []\n'),
      /several groups/,
    ],
    [secret.replace(/ {4}mac: .*\n/, ''), /sops\.mac is missing/],
    [
      secret.replace(/enc: \|/, 'enc: {a: b}\n          x: |'),
      /sops\.age\.0\.enc is missing or not as SOPS/,
    ],
    [secret.replace('BEGIN AGE', 'BEGIN A'), /is encrypted for age1/],
    [secret.replace('metadata:', 'metadata: ['), /not valid YAML/],
    [secret.replace('name: db', 'name: &a db\n    other: *a'), /an alias/],
    [secret.replace(/\nsops:[^]*/, '\nx: &a {b: c}\nsops: *a\n'), /sops\.mac is missing/],
    [`${secret}x: ${'['.repeat(900)}${']'.repeat(900)}\n`, /not valid YAML|nested deeper/],
  ]
  for (const [file, told] of table) t.match(await refusal('a.yaml', file), told)
  t.match(await refusal('x.ini', await sopsFixture('x.enc.ini')), /ini files are not supported/)
  t.match(await refusal('a.yaml', `${secret}# ${'x'.repeat(4_000_000)}`), /may have \d+ bytes/)
})

test('E9: a file that was changed after it was encrypted is refused', async (t) => {
  const secret = (await sopsFixture('secret.enc.yaml')).toString()
  const partial = (await sopsFixture('two.enc.yaml')).toString()
  const tokens = secret.match(/ENC\[[^\]]+type:str\]/g) ?? []
  const [first = '', second = ''] = tokens
  const mac = tokens.at(-1) ?? ''
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['a name', secret.replace('name: db', 'name: bd'), /its MAC does not fit/],
    [
      'one more field',
      secret.replace('type: Opaque', 'type: Opaque\nmore: x'),
      /its MAC does not fit/,
    ],
    ['one field less', secret.replace(/ {4}number: .*\n/, ''), /its MAC does not fit/],
    ['a value in clear', secret.replace(first, 'known'), /its MAC does not fit/],
    [
      'values exchanged',
      secret.replace(first, '@').replace(second, first).replace('@', second),
      /stringData\.password cannot be decrypted/,
    ],
    [
      'a value elsewhere',
      secret.replace('    password:', '    pass:'),
      /stringData\.pass cannot be decrypted/,
    ],
    ['the MAC', secret.replace(mac, first), /sops\.mac cannot be decrypted/],
    ['no MAC', secret.replace(mac, 'none'), /its MAC does not fit/],
    [
      'the date',
      secret.replace(/lastmodified: "20/, 'lastmodified: "19'),
      /sops\.mac cannot be decrypted/,
    ],
    [
      'what the MAC covers',
      secret.replace('    mac:', '    mac_only_encrypted: true\n    mac:'),
      /its MAC does not fit/,
    ],
    ['a document less', partial.slice(partial.indexOf('\n---\n') + 5), /its MAC does not fit/],
    ['a value less', partial.replace(/ {4}number: .*\n/, ''), /its MAC does not fit/],
  ]
  for (const [what, file, told] of table) t.match(await refusal('a.yaml', file), told, what)
  const renamed = partial.replace('name: db2', 'name: db3')
  t.match((await open('a.yaml', Buffer.from(renamed))).text, /db3/, 'unless it covers no more')
})

test('E9: a change of one character gives no other value', async (t) => {
  const file = (await sopsFixture('secret.enc.yaml')).toString()
  const end = file.indexOf('\nsops:')
  const { text: expected = '' } = await open('a.yaml', Buffer.from(file))
  const known = leavesOf(expected)

  await fc.assert(
    fc.asyncProperty(
      fc.nat(end - 1),
      fc.constantFrom('A', 'b', '0', '=', '/', '#'),
      async (at, char) => {
        const changed = Buffer.from(file.slice(0, at) + char + file.slice(at + 1))
        const opened = await open('a.yaml', changed).catch((error: unknown) => {
          if (error instanceof StageError) return undefined
          throw error
        })
        return opened === undefined || leavesOf(opened.text) === known
      },
    ),
    { numRuns: 150 },
  )
  t.pass()
})

test('any texts are read as they were', async (t) => {
  const { identity, recipient } = await ageKey()
  const decrypt = { age: [createSecret(identity)] }
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'grapheme' })),
      async (stringData) => {
        const file = await sopsSecret('a', stringData, { recipient })
        const { text } = await open('a.yaml', Buffer.from(file), decrypt)
        const [document] = parseAllDocuments(text ?? '') as { toJS(): { stringData?: object } }[]
        return JSON.stringify(document?.toJS().stringData) === JSON.stringify(stringData)
      },
    ),
    { numRuns: 60 },
  )
  t.pass()
})

test('E5: the redactor is told every value but the names of an object', async (t) => {
  const { identity, recipient } = await ageKey()
  const tree = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'my-database' },
    type: 'Opaque',
    stringData: { password: 'hunter-two', user: 'postgres' },
  }
  const file = await sopsYaml(tree, { recipient }, [])

  const { told } = await open('a.yaml', Buffer.from(file), { age: [createSecret(identity)] })

  t.strictSame(told, ['hunter-two', 'postgres'])
})

test('E5: the redactor is told what a file that is no object has at those keys', async (t) => {
  const { identity, recipient } = await ageKey()
  const tree = { kind: 'hunter-kind', type: 'hunter-type', metadata: { token: 'hunter-token' } }
  const yaml = await sopsYaml(tree, { recipient }, [])

  const { told } = await open('values.yaml', Buffer.from(yaml), { age: [createSecret(identity)] })

  t.strictSame(told, ['hunter-kind', 'hunter-type', 'hunter-token'])
})

test('E5: the redactor is told numbers of six digits and more', async (t) => {
  const { identity, recipient } = await ageKey()
  const tree = { pin: 481_516, account: 2_342_004_815, negative: -108_162, port: 54_321, age: 42 }
  const file = await sopsYaml(tree, { recipient }, [])

  const { told } = await open('values.yaml', Buffer.from(file), { age: [createSecret(identity)] })

  t.strictSame(told, ['481516', '2342004815', '-108162'])
})
