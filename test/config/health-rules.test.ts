import { test } from 'tap'
import { readDocPage } from '../support/doc-pages.ts'
import { load, loadValid, takeMark, told, validYaml } from '../support/landfall-yaml.ts'

const rule = (kind: string, healthy: string) => `{ kind: ${kind}, healthy: '${healthy}' }`

test('health rules of the configuration', async (t) => {
  await t.test('belong to a kind and its group', async (t) => {
    const config = await loadValid(
      t,
      `${validYaml}    health:
      - kind: Certificate.cert-manager.io
        healthy: status.phase == "Issued"
        failed: status.phase == "Failed"
        progressing: status.phase == "Pending"
      - { kind: Service, healthy: 'true' }
`,
    )

    t.strictSame(config.applications.get('web')?.health, [
      {
        group: 'cert-manager.io',
        kind: 'Certificate',
        healthy: 'status.phase == "Issued"',
        failed: 'status.phase == "Failed"',
        progressing: 'status.phase == "Pending"',
      },
      { group: '', kind: 'Service', healthy: 'true', failed: undefined, progressing: undefined },
    ])
  })

  await t.test('of the defaults hold for every kind the application has none of', async (t) => {
    const config = await loadValid(
      t,
      `defaults: { health: [${rule('A.x.io', '1 == 1')}, ${rule('B.x.io', '1 == 1')}] }
${validYaml}    health: [${rule('B.x.io', '2 == 2')}, ${rule('C.x.io', '2 == 2')}]
`,
    )

    t.strictSame(
      config.applications.get('web')?.health.map(({ kind, healthy }) => [kind, healthy]),
      [
        ['B', '2 == 2'],
        ['C', '2 == 2'],
        ['A', '1 == 1'],
      ],
    )
  })

  await t.test('that are wrong are placed at the expression', async (t) => {
    const { text, place } = takeMark(
      `${validYaml}    health:
      - kind: Certificate.cert-manager.io
        healthy: §status.phase = "Issued"
`,
    )
    const problems = told(await load(t, text))

    t.equal(problems.length, 1, problems.join(' · '))
    t.match(
      problems[0],
      `${place} applications.web.health[0].healthy: not a CEL expression: Unexpected`,
    )
  })

  await t.test('that are wrong under defaults are told once, there', async (t) => {
    const { text, place } = takeMark(
      `defaults:
  health: [{ kind: A.x.io, healthy: §foo }]
${validYaml}`,
    )
    const problems = told(await load(t, text))

    t.equal(problems.length, 1, problems.join(' · '))
    t.match(problems[0], `${place} defaults.health[0].healthy: not a CEL expression: Unknown`)
  })

  await t.test('are valid as the documentation has them', async (t) => {
    const block = readDocPage('docs/health.md').blocks.find(({ text }) => text.includes('health:'))
    const config = await loadValid(t, `${block?.text}\n${validYaml}`)

    t.strictSame(
      config.applications.get('web')?.health.map(({ kind }) => kind),
      ['Certificate', 'Service', 'Ingress'],
    )
  })
})
