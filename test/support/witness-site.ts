import type { KeptWitnessRecord } from '../../src/domain/witness-record.ts'
import { freePort } from '../../src/local/free-port.ts'
import { type Attempt, controlPlane } from './control-plane.ts'
import { exampleFiles } from './example-files.ts'
import type { Instance } from './instance.ts'
import type { Scope } from './scope.ts'
import { type Site, testSite } from './site.ts'
import { until } from './until.ts'
import { takeTurn } from './witness-turn.ts'

type Keys = Readonly<Record<string, unknown>>

/** A site whose cluster has a witness, with the example deployed. */
export interface WitnessSite {
  readonly site: Site
  readonly instance: Instance
  /** Those that were started, in that order. */
  readonly instances: readonly Instance[]
  /** The commit that is deployed. */
  readonly sha: string
  /** What people do, as kubectl does it for them: in the site's namespace. */
  as(user: string, ...args: readonly string[]): Promise<Attempt>
  /** Of an object of the site's namespace, newest first. */
  who(object: string): Promise<readonly KeptWitnessRecord[]>
}

interface WitnessOptions {
  /** Of the application. */
  readonly keys?: Keys
  /** Of the file. */
  readonly file?: Keys
  /** Of `landfall start`. */
  readonly start?: readonly (readonly string[])[]
  /** Of the Landfall that is started; by default this one's source. */
  readonly program?: string
  /** The test starts the witness itself. */
  readonly witnessLater?: boolean
}

/** A cluster has one witness: tests that install it run one by one, whatever process they are in. */
export async function witnessSite(t: Scope, options: WitnessOptions = {}): Promise<WitnessSite> {
  const { keys = {}, file = {}, start = [[]] } = options
  const plane = await controlPlane()
  await takeTurn(t)
  const port = await freePort()
  const witness = {
    enabled: true,
    listen: `127.0.0.1:${port}`,
    url: `https://127.0.0.1:${port}`,
  }
  const site = await testSite(t, {
    program: options.program,
    defaults: keys,
    keys: { ...file, clusters: { test: { kubeconfig: plane.kubeconfig, witness } } },
  })
  const installed = await site.landfall('witness install')
  if (installed.code !== 0) throw new Error(installed.stderr)
  t.teardown(async () => {
    await site.landfall('witness uninstall')
  })
  const instances: Instance[] = []
  for (const args of start) instances.push(await site.start(...args))
  const [instance] = instances
  if (instance === undefined) throw new Error('nothing was started')
  const isAsked = () => instances.some((one) => one.output().includes('witnessing'))
  if (options.witnessLater !== true) await until('the witness listens', isAsked)
  const sha = await site.push(instance, await exampleFiles('task-agent/plain'))
  const status = await site.final(sha)
  if (status.state !== 'success') throw new Error(status.description)
  return {
    site,
    instance,
    instances,
    sha,
    as: (user, ...args) =>
      plane.attempt([
        `--as=${user}`,
        '--as-group=on-call',
        '--as-group=system:masters',
        `--namespace=${site.name}`,
        ...args,
      ]),
    async who(object) {
      const { code, stdout, stderr } = await site.landfall(
        'who',
        object,
        `--namespace=${site.name}`,
        '--output=json',
      )
      if (code !== 0) throw new Error(stderr)
      return (JSON.parse(stdout) as { witnessed: readonly KeptWitnessRecord[] }).witnessed
    },
  }
}
