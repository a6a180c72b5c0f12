import { test } from 'tap'
import { createCurrent } from '../../workers/current.ts'

function rig() {
  const released: string[] = []
  const current = createCurrent('old', async (value) => void released.push(value))
  const begin = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const used = current.use(async (value) => {
      await promise
      return value
    })
    return { used, end: resolve }
  }
  return { current, released, begin }
}

test('what is current', async (t) => {
  await t.test('stays the same for work that began with it', async (t) => {
    const { current, begin } = rig()
    const work = begin()
    current.replace('new')

    t.equal(current.now(), 'new')
    t.equal(await current.use(async (value) => value), 'new')
    work.end()
    t.equal(await work.used, 'old')
  })

  await t.test('is let go of at once where nothing uses it', async (t) => {
    const { current, released } = rig()
    current.replace('new')

    t.strictSame(released, ['old'])
  })

  await t.test('is let go of when its last user ends, also one that fails', async (t) => {
    const { current, released, begin } = rig()
    const work = begin()
    const failing = current.use(async () => {
      await work.used
      throw new Error('failed')
    })
    current.replace('new')
    t.strictSame(released, [])

    work.end()
    await t.rejects(failing, { message: 'failed' })

    t.strictSame(released, ['old'])
  })

  await t.test('is let go of once, in use or not, when all is closed', async (t) => {
    const { current, released, begin } = rig()
    const work = begin()
    current.replace('new')
    await current.close()
    work.end()
    await work.used

    t.strictSame(released, ['old', 'new'])
  })
})
