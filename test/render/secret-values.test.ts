import { type Test, test } from 'tap'
import { type CommitFiles, refusedRender } from '../support/a-render.ts'
import { canary, findSecrets } from '../support/canary.ts'

/** Where a chart takes a secret from. */
const secrets = { own: canary('own'), file: canary('file'), config: canary('config') }

const chart: CommitFiles = {
  'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'app/values.yaml': `own: ${secrets.own}\n`,
  'app/values-prod.yaml': `file: "${secrets.file}"\n`,
}
const render = {
  type: 'helm',
  valueFiles: ['values-prod.yaml'],
  values: { config: secrets.config },
  releaseName: undefined,
} as const

async function failureOf(t: Test, files: CommitFiles): Promise<string> {
  const error = await refusedRender(t, { render }, { ...chart, ...files })
  const everything = { error: JSON.stringify([error.message, error.subjects, String(error.cause)]) }
  t.strictSame(findSecrets(secrets, everything), [])
  return error.text
}

test('E5: what kustomize says when it fails holds no literal of a Secret', async (t) => {
  const secret = canary('literal')
  const generator = `secretGenerator: [{ name: a, literals: [${secret}] }]\n`
  const kustomize = { render: { type: 'kustomize' } } as const

  const inBase = {
    'app/kustomization.yaml': 'resources: [../base]\n',
    'base/kustomization.yaml': generator,
  }
  const hidden = {
    'app/kustomization.yaml': 'resources: [.base]\n',
    'app/.base/kustomization.yaml': generator,
  }
  const spelled = {
    'app/kustomization.yaml': `SecretGenerator: [{ name: a, Literals: [${secret}] }]\n`,
  }
  for (const files of [{ 'app/kustomization.yaml': generator }, inBase, hidden, spelled]) {
    const error = await refusedRender(t, kustomize, files)
    t.match(error.text, /invalid literal source \[redacted\], expected key=value/)
    t.strictSame(findSecrets({ secret }, { error: error.message }), [])
  }
})

const template = (line: string) => ({ 'app/templates/secret.yaml': `${line}\n` })

test('E5: what kustomize says when helm fails holds no value of the chart', async (t) => {
  const values = { own: canary('own'), file: canary('file'), inline: canary('inline') }
  const error = await refusedRender(
    t,
    { render: { type: 'kustomize', helmCharts: true } },
    {
      'app/kustomization.yaml': `helmCharts:\n- {name: db, releaseName: db, additionalValuesFiles: [v.yaml], valuesInline: {inline: ${values.inline}}}\n`,
      'app/v.yaml': `file: ${values.file}\n`,
      'app/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
      'app/charts/db/values.yaml': `own: ${values.own}\n`,
      'app/charts/db/templates/a.yaml':
        '{{ fail (printf "%s %s %s" .Values.own .Values.file .Values.inline) }}',
    },
  )

  t.match(error.text, /\[redacted\]/)
  t.strictSame(findSecrets(values, { error: error.message }), [])
})

test('what helm says when it fails', async (t) => {
  for (const source of ['own', 'file', 'config']) {
    await t.test(`E5: holds no secret of the values, such as ${source}`, async (t) => {
      const failed = await failureOf(t, template(`{{ fail (print "bad: " .Values.${source}) }}`))
      const unread = await failureOf(t, template(`{{ .Values.${source} | mustFromJson }}`))
      const torn = await failureOf(t, template(`a: [{{ .Values.${source} }}\nb: c`))
      const pattern = { properties: { [source]: { type: 'string', pattern: '^[A-Z]+$' } } }
      const schema = { 'app/values.schema.json': JSON.stringify(pattern) }
      const refused = await failureOf(t, { ...template('a: b'), ...schema })

      t.match(failed, /web\/templates\/secret\.yaml:1.*bad: \[redacted\]/s)
      t.match(unread, 'web/templates/secret.yaml')
      t.match(torn, 'web/templates/secret.yaml')
      t.match(refused, source)
    })
  }

  await t.test('E5: is not shown where there are more values than can be masked', async (t) => {
    const many = Array.from({ length: 10_001 }, (_, at) => `v${at}: "value-${at}"\n`).join('')
    const files = { 'app/values.yaml': many, ...template('{{ fail .Values.v7 }}') }

    const text = await failureOf(t, files)
    t.match(text, /^helm failed: what it said is not shown/)
    t.notMatch(text, 'value-7')
  })

  await t.test('E5: holds no secret of a value file that is no map', async (t) => {
    const files = { 'app/values-prod.yaml': `${secrets.file}: [\n`, ...template('a: b') }

    t.match(await failureOf(t, files), 'values-prod.yaml')
    t.match(await failureOf(t, { ...files, 'app/values-prod.yaml': secrets.file }), 'values-prod')
  })
})
