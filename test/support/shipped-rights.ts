import type { Test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import type { TestControlPlane } from './control-plane.ts'
import { shippedObjects } from './shipped-deploy.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** One verb of one rule of a Role in deploy/. */
export interface Right {
  /** `deployer: patch apps/deployments` */
  readonly title: string
  readonly role: string
  readonly namespace: string
  readonly rule: number
  readonly verb: string
}

export interface ShippedRights {
  readonly rights: readonly Right[]
  /** Of the ServiceAccount landfall-worker. */
  readonly token: string
  /** Of the ServiceAccount landfall-watcher. */
  readonly watcherToken: string
  /** Runs without the right, and gives it back. */
  without<T>(right: Right, run: () => Promise<T>): Promise<T>
}

const home = 'landfall-system'
const kinds = ['ServiceAccount', 'Role', 'RoleBinding']

/** Grants what deploy/ grants, with `namespace` in place of the sample application's, until the test ends. */
export async function grantShippedRights(
  t: Test,
  plane: TestControlPlane,
  { folder, namespace }: { readonly folder: string; readonly namespace: string },
): Promise<ShippedRights> {
  const objects = (await shippedObjects(folder))
    .filter(({ kind }) => kinds.includes(kind))
    .map((object) => moved(object, namespace))
  await plane.kubectl(['create', 'namespace', home]).catch(() => 'it is there')
  const list = { apiVersion: 'v1', kind: 'List', items: objects }
  t.teardown(() => plane.kubectl(['delete', '-f', '-'], JSON.stringify(list)))
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(list))
  const roles = objects.filter(({ kind }) => kind === 'Role')
  const tokenOf = async (account: string) => {
    const args = ['create', 'token', account, `--namespace=${home}`, '--duration=1h']
    return (await plane.kubectl(args)).trim()
  }

  const set = async (right: Right, verbs: readonly string[]) => {
    const patch = [{ op: 'replace', path: `/rules/${right.rule}/verbs`, value: verbs }]
    const role = `role/${right.role}`
    const where = `--namespace=${right.namespace}`
    await plane.kubectl(['patch', role, where, '--type=json', `--patch=${JSON.stringify(patch)}`])
  }
  return {
    rights: roles.flatMap(rightsOf),
    token: await tokenOf('landfall-worker'),
    watcherToken: await tokenOf('landfall-watcher'),
    async without(right, run) {
      const { resource, verbs } = find(roles, right)
      const others = verbs.filter((verb) => verb !== right.verb)
      // A rule without verbs is refused.
      await set(right, others.length === 0 ? ['none'] : others)
      await untilAnswer(plane, right, { resource, allowed: false })
      try {
        return await run()
      } finally {
        await set(right, verbs)
        await untilAnswer(plane, right, { resource, allowed: true })
      }
    },
  }
}

function moved(object: KubeObject, namespace: string): KubeObject {
  return JSON.parse(
    JSON.stringify(object).replaceAll('"namespace":"task-agent"', `"namespace":"${namespace}"`),
  )
}

function rulesOf(role: KubeObject): readonly Rule[] {
  return role['rules'] as readonly Rule[]
}

function rightsOf(role: KubeObject): readonly Right[] {
  const { name, namespace = '' } = role.metadata
  return rulesOf(role).flatMap(({ apiGroups, resources, verbs }, rule) => {
    const group = apiGroups[0] === '' ? '' : `${apiGroups[0]}/`
    return verbs.map((verb) => ({
      title: `${name}: ${verb} ${group}${resources.join(',')}`,
      role: name,
      namespace,
      rule,
      verb,
    }))
  })
}

function find(roles: readonly KubeObject[], right: Right) {
  const role = roles.find(
    ({ metadata }) => metadata.name === right.role && metadata.namespace === right.namespace,
  )
  const rule = role === undefined ? undefined : rulesOf(role)[right.rule]
  if (rule === undefined) throw new Error(`no rule for ${right.title}`)
  const [group = ''] = rule.apiGroups
  const [name = ''] = rule.resources
  const [one] = rule.resourceNames ?? []
  const [plural = '', part] = name.split('/')
  const kind = `${plural}${group === '' ? '' : `.${group}`}`
  // kubectl takes a part of a resource as a flag: after a slash it reads the name of an object.
  const resource =
    part === undefined
      ? [one === undefined ? kind : `${kind}/${one}`]
      : [kind, `--subresource=${part}`]
  return { resource, verbs: rule.verbs }
}

// The authoriser follows roles by a watch of its own.
async function untilAnswer(
  plane: TestControlPlane,
  { role, namespace, verb }: Right,
  { resource, allowed }: { readonly resource: readonly string[]; readonly allowed: boolean },
): Promise<void> {
  const own = role.endsWith('watcher') ? 'landfall-watcher' : 'landfall-worker'
  const account = role === 'deployer' ? `${namespace}:${role}` : `${home}:${own}`
  const question = ['auth', 'can-i', verb, ...resource, `--namespace=${namespace}`]
  for (let asked = 0; asked < 100; asked += 1) {
    const answer = await plane
      .kubectl([...question, `--as=system:serviceaccount:${account}`])
      .then(() => true)
      .catch(() => false)
    if (answer === allowed) return
  }
  throw new Error(`${role} never ${allowed ? 'may' : 'may not'} ${verb} ${resource.join(' ')}`)
}
