import { workerRig } from './worker-rig.ts'

/**
 * A worker in a process of its own, for a test to kill: arguments are the Redis URL and the prefix.
 * Its syncs end, as if all were well, when they are told to stop. Lines: `ready`, `began`, `told`.
 */
const [url = '', prefix = ''] = process.argv.slice(2)

const rig = await workerRig({ teardown() {} }, url, {
  prefix,
  options: { timing: { lockMs: 1_000, stalledCheckMs: 500 } },
})
process.stdout.write('ready\n')
for (;;) {
  const { request, end } = await rig.next()
  process.stdout.write('began\n')
  request.signal.addEventListener('abort', () => {
    process.stdout.write('told\n')
    end()
  })
}
