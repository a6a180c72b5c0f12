import { test } from 'tap'
import { runTool } from '../support/run-tool.ts'

const show = [process.execPath, '-p', 'JSON.stringify(process.env)'] as const

test('a child process of a test', async (t) => {
  await t.test('gets the environment it is given and nothing else', async (t) => {
    const { output } = await runTool('.', show, { ONLY: 'this' })

    t.strictSame(JSON.parse(output), { ONLY: 'this' })
  })

  await t.test('that inherits the environment preloads nothing', async (t) => {
    const { output } = await runTool('.', show)
    const { NODE_OPTIONS } = JSON.parse(output)

    t.notMatch(NODE_OPTIONS ?? '', '--import')
  })
})
