import { test } from 'tap'
import { keepUnstable, withoutUnstable } from '../../src/engine/unstable.ts'
import { aConfigMap, aDeployment } from '../support/objects.ts'

function pod(env: readonly object[], args: readonly string[] = []) {
  const containers = [{ name: 'app', env, args }]
  return aDeployment({ spec: { template: { spec: { containers } } } })
}

const env = '/spec/template/spec/containers/0/env/0/value'
const arg = '/spec/template/spec/containers/0/args/0'

test('a field that is otherwise at every render', async (t) => {
  await t.test('has the live value, and everything else the desired one', async (t) => {
    const object = aConfigMap('a', { fixed: 'new', random: 'second' })
    const live = aConfigMap('a', { fixed: 'old', random: 'first' })

    t.strictSame(
      keepUnstable({ object, unstable: ['/data/random'] }, live),
      aConfigMap('a', { fixed: 'new', random: 'first' }),
    )
  })

  await t.test('is set anew where the live object has none', async (t) => {
    const object = aConfigMap('a', { random: 'second' })
    const unstable = ['/data/random']

    t.strictSame(keepUnstable({ object, unstable }, aConfigMap('a', { other: 'x' })), object)
    t.strictSame(
      keepUnstable({ object, unstable }, { ...aConfigMap('a'), data: undefined }),
      object,
    )
  })

  await t.test('is found in lists by the name of its item', async (t) => {
    const object = pod([{ name: 'SEED', value: 'second' }])
    const live = pod([
      { name: 'INJECTED', value: 'x' },
      { name: 'SEED', value: 'first' },
    ])

    t.strictSame(
      keepUnstable({ object, unstable: [env] }, live),
      pod([{ name: 'SEED', value: 'first' }]),
    )
    t.strictSame(keepUnstable({ object, unstable: [env] }, pod([])), object)
  })

  await t.test('is taken from no list of another length', async (t) => {
    const object = pod([], ['--seed=second'])
    const unstable = [arg]

    t.strictSame(
      keepUnstable({ object, unstable }, pod([], ['--injected', '--seed=first'])),
      object,
    )
    const live = pod([], ['--seed=first'])
    t.strictSame(keepUnstable({ object, unstable }, live), live)
  })

  await t.test('does not count in what an object is known by', async (t) => {
    const first = pod([{ name: 'SEED', value: 'first' }], ['a', 'b'])
    const second = pod([{ name: 'SEED', value: 'second' }], ['c', 'b'])
    const other = pod([{ name: 'SEED', value: 'second' }], ['c', 'd'])
    const known = (object: typeof first) => withoutUnstable(object, [env, arg, '/data/none'])

    t.strictSame(known(first), known(second))
    t.notSame(known(first), known(other))
  })
})
