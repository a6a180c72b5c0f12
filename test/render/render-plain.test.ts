import { test } from 'tap'
import { limits } from '../../src/render/limits.ts'
import { aRenderer, renderInput } from '../support/a-render.ts'

function aConfigMap(name: string, rest = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${rest}`
}

test('plain', async (t) => {
  const renderer = await aRenderer(t)
  const plain = { render: { type: 'plain' } } as const

  await t.test('takes every manifest below the path, with where it is declared', async (t) => {
    const input = renderInput(
      t,
      {
        'app/a.yaml': `# first\n${aConfigMap('a')}---\n---\n# second\n${aConfigMap('b')}`,
        'app/sub/c.yml': aConfigMap('c'),
        'app/sub/d.json': JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'd' },
        }),
        'app/README.md': '# not a manifest',
        'app/.github/workflow.yaml': 'on: push',
        'app/sub/.hidden/x.yaml': 'no: object',
        'app/empty.yaml': '# only a comment\n',
        'other/x.yaml': 'no: object',
      },
      plain,
    )

    const { objects, warnings } = await renderer.render(input)

    t.same(
      objects.map(({ object, origin }) => [object.metadata.name, origin]),
      [
        ['a', { file: 'app/a.yaml', line: 2 }],
        ['b', { file: 'app/a.yaml', line: 9 }],
        ['c', { file: 'app/sub/c.yml', line: 1 }],
        ['d', { file: 'app/sub/d.json', line: 1 }],
      ],
    )
    t.same(warnings, [])
    t.equal(input.calls.checkouts, 0)
    t.equal(input.calls.capabilities, 0)
  })

  await t.test('flattens lists, typed ones and nested ones too', async (t) => {
    const text = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
  - apiVersion: v1
    kind: ConfigMapList
    items:
      - metadata: {name: b}
      - metadata: {name: c}
`
    const { objects } = await renderer.render(renderInput(t, { 'app/a.yaml': text }, plain))

    t.same(
      objects.map(({ object, origin }) => [object.kind, object.metadata.name, origin.line]),
      [
        ['ConfigMap', 'a', 4],
        ['ConfigMap', 'b', 1],
        ['ConfigMap', 'c', 1],
      ],
    )
  })

  await t.test('renders a folder without manifests to nothing', async (t) => {
    const { objects } = await renderer.render(renderInput(t, { 'app/README.md': '' }, plain))

    t.same(objects, [])
  })

  await t.test('reports all that is wrong together, with file, line and object', async (t) => {
    const input = renderInput(
      t,
      {
        'app/a.yaml': `${aConfigMap('fine')}---\nkind: ConfigMap\nmetadata: {name: b}\n`,
        'app/b.yaml': 'a: [1\n',
        'app/c.yaml': `${aConfigMap('c', '  labels:\n    x: true\n')}`,
        'app/d.yaml': 'just text\n',
        'app/e.json': '{"a": 1}',
      },
      plain,
    )

    await t.rejects(renderer.render(input), {
      code: 'RENDER_INVALID',
      message: /app\/a\.yaml:6: ConfigMap b: apiVersion is missing.*; and 4 more/,
      subjects: [
        { file: 'app/a.yaml', line: 6, object: 'ConfigMap b', message: /apiVersion/ },
        { file: 'app/b.yaml', line: 2, message: /not valid YAML/ },
        { file: 'app/c.yaml', line: 6, object: 'ConfigMap c', message: /labels\.x/ },
        { file: 'app/d.yaml', line: 1, message: /mapping/ },
        { file: 'app/e.json', line: 1, message: /apiVersion/ },
      ],
    })
  })

  await t.test('names both places of an object that is declared twice', async (t) => {
    const input = renderInput(
      t,
      {
        'app/a.yaml': aConfigMap('same'),
        'app/b.yaml': aConfigMap('same', '  namespace: default\n'),
        'app/c.yaml': aConfigMap('same', '  namespace: other\n'),
      },
      plain,
    )

    await t.rejects(renderer.render(input), {
      code: 'RENDER_INVALID',
      subjects: [{ file: 'app/b.yaml', line: 1, message: /also declared at app\/a\.yaml:1/ }],
    })
  })

  await t.test('warns with file and line', async (t) => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: a
      env:
        - {name: A, value: x}
        - {name: A, value: x}
`
    const { warnings } = await renderer.render(renderInput(t, { 'app/a.yaml': text }, plain))

    t.same(warnings, [
      'app/a.yaml:9: Pod a: env has two items with name A, which are equal; one is kept',
    ])
  })

  await t.test('C4: refuses a manifest that is a symbolic link', async (t) => {
    const input = renderInput(t, { 'app/a.yaml': { link: '/etc/passwd' } }, plain)

    await t.rejects(renderer.render(input), {
      code: 'RENDER_REFUSED',
      message: /app\/a\.yaml:1: it is a symbolic link/,
    })
    t.equal(input.calls.reads, 0)
  })

  await t.test('refuses a submodule, whose objects would be missing', async (t) => {
    const input = renderInput(t, {}, plain)
    const submodule = { path: 'app/sub', mode: '160000', oid: 'x', size: 0, read: failing }

    await t.rejects(renderer.render({ ...input, listFiles: async () => [submodule] }), {
      code: 'RENDER_REFUSED',
      message: /submodule/,
    })
  })

  await t.test('says what is no UTF-8', async (t) => {
    const input = renderInput(t, {}, plain)
    const read = async () => Buffer.from([0x61, 0x3a, 0xff])
    const file = { path: 'app/a.yaml', mode: '100644', oid: 'x', size: 3, read }

    await t.rejects(renderer.render({ ...input, listFiles: async () => [file] }), {
      message: /app\/a\.yaml:1: it is not UTF-8/,
    })
  })

  await t.test('D7: takes no more bytes than the limit, and does not read them', async (t) => {
    const input = renderInput(t, {}, plain)
    const file = {
      path: 'app/a.yaml',
      mode: '100644',
      oid: 'x',
      size: limits.bytes + 1,
      read: failing,
    }

    await t.rejects(renderer.render({ ...input, listFiles: async () => [file] }), {
      code: 'RENDER_LIMIT',
      message: /10485760/,
    })
  })

  await t.test('D7: takes no more objects than the limit', async (t) => {
    const documents = Array.from({ length: 1700 }, (_, i) => `---\n${aConfigMap(`a${i}`)}`).join('')
    const files = Object.fromEntries(
      ['x', 'y', 'z'].map((name) => [
        `app/${name}.yaml`,
        documents.replaceAll('name: a', `name: ${name}`),
      ]),
    )

    await t.rejects(renderer.render(renderInput(t, files, plain)), {
      code: 'RENDER_LIMIT',
      message: /5000 objects/,
    })
  })

  await t.test('D7: takes no object larger than the limit', async (t) => {
    const data = `data:\n  a: ${'x'.repeat(limits.objectBytes)}\n`
    const input = renderInput(t, { 'app/a.yaml': aConfigMap('big', data) }, plain)

    await t.rejects(renderer.render(input), {
      code: 'RENDER_LIMIT',
      message: /ConfigMap big: it is larger than 1048576/,
    })
  })

  await t.test('D8: 100,000 documents are refused in no time', async (t) => {
    const input = renderInput(t, { 'app/a.yaml': '---\na: 1\n'.repeat(100_000) }, plain)
    const before = performance.now()

    await t.rejects(renderer.render(input), { code: 'RENDER_LIMIT' })

    t.ok(performance.now() - before < 5000)
  })

  await t.test('stops for a caller who gave up', async (t) => {
    const signal = AbortSignal.abort(new Error('superseded'))
    const input = { ...renderInput(t, { 'app/a.yaml': aConfigMap('a') }, plain), signal }

    await t.rejects(renderer.render(input), { code: 'RENDER_TIMEOUT' })
  })

  await t.test('gives up in the middle of much to parse', async (t) => {
    const controller = new AbortController()
    const documents = Array.from({ length: 3000 }, (_, i) => `---\n${aConfigMap(`b${i}`)}`).join('')
    const input = renderInput(t, { 'app/a.yaml': documents }, plain)
    const rendering = renderer.render({ ...input, signal: controller.signal })
    setImmediate(() => controller.abort(new Error('superseded')))

    await t.rejects(rendering, { code: 'RENDER_TIMEOUT', cause: { message: 'superseded' } })
  })

  await t.test('E5: no error quotes a Secret', async (t) => {
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n`
    const broken = [
      'stringData: {a: "c4nary, b: x}',
      'data: [c4nary]',
      'stringData:\n  a: c4nary: x',
      'stringData:\n  a: {c4nary: c4nary}',
      'stringData: *c4nary',
    ]
    for (const rest of broken) {
      const input = renderInput(t, { 'app/a.yaml': `${secret}${rest}\n` }, plain)
      const error: unknown = await renderer.render(input).catch((cause: unknown) => cause)
      t.match(error, { code: 'RENDER_INVALID' })
      t.notMatch(JSON.stringify(error) + String(error), /c4nary/)
    }
  })
})

async function failing(): Promise<Buffer> {
  throw new Error('it was read')
}
