import { type Test, test } from 'tap'
import type { RenderOptions } from '../../../src/domain/application.ts'
import { createSecret } from '../../../src/domain/secret.ts'
import { aRenderer, type CommitFiles, refusedRender, renderInput } from '../../support/a-render.ts'
import { canary, findSecrets } from '../../support/canary.ts'
import { helm } from '../../support/helm-options.ts'
import { ageKey, sopsSecret, sopsYaml } from '../../support/sops.ts'

const key = await ageKey()
const decrypt = { age: [createSecret(key.identity)] }

async function rendered(t: Test, render: RenderOptions, files: CommitFiles) {
  const renderer = await aRenderer(t)
  const told: string[] = []
  const input = {
    ...renderInput(t, files, { render }),
    onDecrypted: (secrets: readonly { reveal(): string }[]) =>
      void told.push(...secrets.map((secret) => secret.reveal())),
  }
  const result = await renderer.render(input)
  return { ...result, told, again: () => renderer.render(input), input }
}

function dataOf(objects: readonly { readonly object: object }[]): Record<string, string>[] {
  return objects.map(({ object }) => {
    const data: object = 'data' in object ? (object.data as object) : {}
    return Object.fromEntries(
      Object.entries(data).map(([name, value]) => [
        name,
        Buffer.from(String(value), 'base64').toString(),
      ]),
    )
  })
}

test('an encrypted manifest', async (t) => {
  const password = canary('password')
  const secret = await sopsSecret('db', { password }, key)
  const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
  const files = { 'app/secret.yaml': secret, 'app/a.yaml': other }

  await t.test('is decrypted, and told to the redactor', async (t) => {
    const { objects, told, isDecrypted } = await rendered(t, { type: 'plain', decrypt }, files)

    t.strictSame(dataOf(objects)[0], { password })
    t.notOk('sops' in (objects[0]?.object ?? {}))
    t.strictSame(told, [password])
    t.equal(isDecrypted, true)
  })

  await t.test('is kept in no cache, while what is not encrypted is', async (t) => {
    const { objects, again, input } = await rendered(t, { type: 'plain', decrypt }, files)
    const before = input.calls.reads
    const second = await again()

    t.equal(input.calls.reads - before, 1, 'the encrypted file alone is read again')
    t.not(second.objects[0]?.object, objects[0]?.object)
    t.equal(second.objects[1]?.object, objects[1]?.object)
  })

  await t.test(
    'E9: is refused where the application has no key, however it is rendered',
    async (t) => {
      const kustomize = { ...files, 'app/kustomization.yaml': 'resources: [secret.yaml]\n' }
      const generated = {
        'app/kustomization.yaml': 'secretGenerator: [{name: a, files: [secret.yaml]}]\n',
        'app/secret.yaml': secret,
      }
      const chart = {
        'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
        'app/values.yaml': secret,
        'app/templates/a.yaml': other,
      }
      for (const commit of [files, kustomize, generated, chart]) {
        const error = await refusedRender(t, { render: { type: 'auto' } }, commit)
        t.match(error, {
          code: 'RENDER_REFUSED',
          text: /it is encrypted with SOPS.*render\.decrypt/,
        })
      }
    },
  )

  await t.test('E9: is refused where only what it was decrypted from is left', async (t) => {
    const bare = secret.slice(0, secret.indexOf('sops:'))
    const error = await refusedRender(
      t,
      { render: { type: 'plain', decrypt } },
      { 'app/a.yaml': bare },
    )

    t.match(
      error.text,
      /Secret db: stringData\.password: SOPS encrypted it, and it was not decrypted/,
    )
    t.match(error, { code: 'RENDER_INVALID' })
  })

  await t.test('may hold variables', async (t) => {
    const file = await sopsSecret('db', { url: 'https://${host}/x' }, key)
    const substitute = { variables: { host: 'example.com' }, strict: true }
    const render = { type: 'plain', decrypt, substitute } as const

    const { objects } = await rendered(t, render, { 'app/a.yaml': file })

    t.strictSame(dataOf(objects), [{ url: 'https://example.com/x' }])
  })

  await t.test('E5: is told without the variables that its values seem to hold', async (t) => {
    const tail = canary('tail').replaceAll('-', '_')
    const values = await sopsYaml({ password: `x\${${tail}}y` }, key, [])
    const manifest = await sopsSecret('db', { password: `x\${${tail}}y` }, key)
    const substitute = { variables: {}, strict: true }
    const kustomized = {
      'app/kustomization.yaml': 'resources: [a.yaml]\n',
      'app/a.yaml': manifest,
    }
    const chart = {
      'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'app/values.yaml': values,
      'app/templates/a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: "{{ .Values.password }}"}\n',
    }
    for (const commit of [{ 'app/a.yaml': manifest }, kustomized, chart]) {
      const render = { type: 'auto', decrypt, substitute } as const
      const error = await refusedRender(t, { render }, commit)
      t.match(error.text, /Secret db: stringData\.password: a decrypted value has a variable/)
      t.strictSame(findSecrets({ tail }, { error: JSON.stringify([error, error.message]) }), [])
    }
    const open = {
      ...kustomized,
      'app/b.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: b}\ntype: "${gone}"\n',
    }
    open['app/kustomization.yaml'] = 'resources: [a.yaml, b.yaml]\n'
    const render = { type: 'auto', decrypt, substitute } as const
    const error = await refusedRender(t, { render }, open)
    t.match(error.text, /Secret b: type: variable gone is not defined/, 'what is in clear is named')
  })
})

test('kustomize', async (t) => {
  const secrets = { resource: canary('resource'), file: canary('file'), env: canary('env') }
  const render = { type: 'kustomize', decrypt } as const
  const file = await sopsYaml({ deep: { password: secrets.file } }, key, [])

  await t.test('puts values of encrypted files wherever it moves them', async (t) => {
    const copied = await sopsSecret('db', { password: secrets.resource }, key)
    const { objects, told } = await rendered(t, render, {
      'base/kustomization.yaml': 'resources: [secret.yaml]\n',
      'base/secret.yaml': copied,
      'app/kustomization.yaml': `resources: [../base, target.yaml]
namePrefix: my-
secretGenerator:
  - {name: files, files: [config.yaml], options: {disableNameSuffixHash: true}}
replacements:
  - source: {kind: Secret, name: my-db, fieldPath: stringData.password}
    targets:
      - select: {kind: Secret, name: my-target}
        fieldPaths: [stringData.copy]
`,
      'app/config.yaml': file,
      'app/target.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: target}\nstringData: {copy: x}\n',
    })

    const byName = Object.fromEntries(
      objects.map(({ object }, index) => [object.metadata.name, dataOf(objects)[index]]),
    )
    t.strictSame(byName['my-db'], { password: secrets.resource })
    t.strictSame(byName['my-target'], { copy: secrets.resource })
    t.match(byName['my-files'], { 'config.yaml': `deep:\n  password: "${secrets.file}"` })
    t.notMatch(byName['my-files']?.['config.yaml'], /sops|ENC/)
    t.strictSame(told.toSorted(), [secrets.resource, secrets.file].toSorted())
  })

  await t.test('reads encrypted env files', async (t) => {
    const yaml = await sopsYaml({ KEY: secrets.env, EMPTY: '' }, key, [])
    const dotenv = dotenvOf(yaml)
    const { objects } = await rendered(t, render, {
      'app/kustomization.yaml': 'secretGenerator: [{name: a, envs: [app.env]}]\n',
      'app/app.env': dotenv,
    })

    t.strictSame(dataOf(objects), [{ KEY: secrets.env, EMPTY: '' }])
  })

  await t.test('E9: puts nothing in clear into a ConfigMap of a generator', async (t) => {
    const error = await refusedRender(
      t,
      { render },
      {
        'app/kustomization.yaml': 'configMapGenerator: [{name: a, files: [config.yaml]}]\n',
        'app/config.yaml': file,
      },
    )

    t.match(
      error.text,
      /ConfigMap a.*: data\.config\.yaml: it comes from an encrypted file; use a secretGenerator/,
    )
    t.strictSame(findSecrets(secrets, { error: error.message }), [])
  })
})

/** As sops writes the same values and metadata for dotenv. */
function dotenvOf(yaml: string): string {
  const [, enc = ''] = /enc: \|\n((?: {8}.*\n)+)/.exec(yaml) ?? []
  const armor = enc.replace(/^ {8}/gm, '').replaceAll('\n', '\\n')
  const field = (name: string) => new RegExp(`^ *${name}: "?(.*?)"?$`, 'm').exec(yaml)?.[1] ?? ''
  return [
    `KEY=${field('KEY')}`,
    '# a comment',
    'EMPTY=',
    `sops_age__list_0__map_enc=${armor}`,
    `sops_age__list_0__map_recipient=${field('- recipient')}`,
    `sops_lastmodified=${field('lastmodified')}`,
    `sops_mac=${field('mac')}`,
    'sops_version=3.13.3',
    '',
  ].join('\n')
}

test('helm', async (t) => {
  const secrets = { file: canary('file'), own: canary('own') }
  const chart = {
    'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'app/templates/a.yaml': `apiVersion: v1
kind: Secret
metadata: {name: a}
stringData:
  file: {{ .Values.db.password | quote }}
  own: {{ .Values.own | quote }}
  sum: {{ .Values.db.password | sha256sum | quote }}
  order: "{{ .Values.order }} {{ .Values.db.host }} {{ .Values.gone | default "gone" }}"
`,
  }
  const files = {
    ...chart,
    'app/values.yaml': await sopsYaml({ own: secrets.own, order: 'chart', gone: 'x' }, key, [
      'own',
    ]),
    'app/first.yaml': 'order: first\ndb: {host: first, password: none}\n',
    'app/secret.yaml': await sopsYaml({ order: 'secret', db: { password: secrets.file } }, key, [
      'db',
    ]),
    'app/last.yaml': 'order: last\ngone: null\n',
  }
  const valueFiles = ['first.yaml', 'secret.yaml', 'last.yaml']
  const { render } = helm({ valueFiles, values: { order: 'configured' } })

  await t.test('takes encrypted value files in their order', async (t) => {
    const { objects, told } = await rendered(t, { ...render, decrypt }, files)

    t.match(dataOf(objects)[0], {
      file: secrets.file,
      own: secrets.own,
      sum: /^[0-9a-f]{64}$/,
      order: 'configured first gone',
    })
    t.strictSame(told.toSorted(), Object.values(secrets).toSorted())
  })

  await t.test('E5: tells nothing of them when it fails', async (t) => {
    const template = {
      'app/templates/a.yaml': '{{ fail (print .Values.db.password .Values.own) }}',
    }
    const error = await refusedRender(
      t,
      { render: { ...render, decrypt } },
      { ...files, ...template },
    )

    t.match(error.text, /templates\/a\.yaml/)
    t.strictSame(
      findSecrets(secrets, { error: JSON.stringify([error.message, error.subjects]) }),
      [],
    )
  })

  await t.test('E9: applies no encrypted file of a chart as it is', async (t) => {
    const template = {
      'app/templates/b.yaml': await sopsSecret('b', { own: secrets.own }, key),
    }
    const error = await refusedRender(
      t,
      { render: { ...render, decrypt } },
      { ...files, ...template },
    )

    t.match(error.text, /Secret b: it is encrypted with SOPS|was not decrypted/)
  })
})
