import { controlPlane } from './control-plane.ts'
import type { Scope } from './scope.ts'
import { until } from './until.ts'

/** A cluster has one witness: whoever installs it waits for its turn, and gives it back at the end. */
export async function takeTurn(t: Scope): Promise<void> {
  const { attempt, kubectl } = await controlPlane()
  const turn = ['configmap', 'witness-turn', '--namespace=default']
  const isMine = async () => (await attempt(['create', ...turn])).code === 0
  await until('no other test has the witness', isMine, 300_000)
  t.teardown(() => kubectl(['delete', ...turn]))
}
