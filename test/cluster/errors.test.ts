import { test } from 'tap'
import { isUidMismatch, isUnknownPath, statusError } from '../../src/cluster/errors.ts'
import type { Answer, Target } from '../../src/cluster/kube-request.ts'

const deployment: Target = {
  resource: 'deployments.apps',
  group: 'apps',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'task-agent',
}

const secret: Target = {
  resource: 'secrets',
  group: '',
  kind: 'Secret',
  namespace: 'shop',
  name: 'db',
}

function answer(status: number, message: string, details: Record<string, unknown> = {}): Answer {
  return { status, headers: {}, body: { kind: 'Status', code: status, message, details } }
}

function invalid(...causes: readonly { field?: string; message: string }[]): Answer {
  return answer(422, 'Deployment.apps "task-agent" is invalid: […]', { name: 'task-agent', causes })
}

test('an invalid object is told field by field, without the values', async (t) => {
  const error = statusError(
    invalid(
      {
        field: 'spec.template.metadata.labels',
        message: 'Invalid value: {"a: b":"}"}: `selector` does not match template `labels`',
      },
      {
        field: 'spec.selector',
        message: 'Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
      },
      { field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' },
      { field: 'spec.template.spec.containers[0].image', message: 'Required value' },
      { field: 'metadata.name', message: 'Invalid value: "A\\"_: B": must be lower case' },
    ),
    deployment,
  )

  t.equal(error.code, 'OBJECT_INVALID')
  t.equal(
    error.text,
    'deployments.apps task-agent: spec.template.metadata.labels: `selector` does not match template `labels`; spec.selector: field is immutable; spec.replicas: must be greater than or equal to 0; and 2 more',
  )
  t.same(
    error.subjects.map(({ message }) => message),
    [
      'spec.template.metadata.labels: `selector` does not match template `labels`',
      'spec.selector: field is immutable',
      'spec.replicas: must be greater than or equal to 0',
      'spec.template.spec.containers[0].image: Required value',
      'metadata.name: must be lower case',
    ],
  )
  t.equal(error.subjects[0]?.object, 'Deployment shop/task-agent')
})

test('one wrong field is one short sentence', async (t) => {
  const error = statusError(
    invalid({ field: 'spec.selector', message: 'Invalid value: {"a":"b"}: field is immutable' }),
    deployment,
  )

  t.equal(error.text, 'deployments.apps task-agent: spec.selector: field is immutable')
})

test('R14: each refusal of the server has its code and a sentence', async (t) => {
  const rows = [
    [
      answer(
        500,
        'failed to create typed patch object (shop/task-agent; apps/v1, Kind=Deployment): .spec.replicsa: field not declared in schema',
      ),
      'OBJECT_INVALID',
      '.spec.replicsa: field not declared in schema',
    ],
    [
      answer(
        500,
        'failed to create typed patch object (a/b; /v1, Kind=ConfigMap): errors:\n  .data: expected map, got &{[x]}\n  .datx: field not declared in schema',
      ),
      'OBJECT_INVALID',
      '.data: expected map; .datx: field not declared in schema',
    ],
    [
      answer(413, 'Request entity too large: limit is 3145728'),
      'OBJECT_INVALID',
      'Request entity too large: limit is 3145728',
    ],
    [
      answer(500, 'etcdserver: request is too large'),
      'OBJECT_INVALID',
      'etcdserver: request is too large',
    ],
    [
      answer(401, 'Unauthorized'),
      'CLUSTER_UNAUTHENTICATED',
      'the API server refuses our credentials (401); try the same context with kubectl',
    ],
    [
      answer(
        403,
        'deployments.apps "task-agent" is forbidden: User "deployer" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
      ),
      'CLUSTER_FORBIDDEN',
      'User "deployer" cannot patch resource "deployments" in API group "apps" in the namespace "shop"; grant it in a Role or ClusterRole',
    ],
    [
      answer(
        403,
        'roles.rbac.authorization.k8s.io "r" is forbidden: user "u" is attempting to grant RBAC permissions not currently held: x',
      ),
      'CLUSTER_FORBIDDEN',
      'user "u" is attempting to grant RBAC permissions not currently held: x; grant it in a Role or ClusterRole',
    ],
    [
      answer(
        403,
        'deployments.apps "task-agent" is forbidden: unable to create new content in namespace shop because it is being terminated',
      ),
      'OBJECT_TERMINATING',
      'unable to create new content in namespace shop because it is being terminated',
    ],
    [
      answer(409, 'object is being deleted: namespaces "shop" already exists'),
      'OBJECT_TERMINATING',
      'object is being deleted: namespaces "shop" already exists',
    ],
    [
      answer(403, 'pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1'),
      'ADMISSION_DENIED',
      'exceeded quota: q, requested: pods=1, used: pods=1',
    ],
    [
      answer(400, 'admission webhook "policy.example.com" denied the request: no latest tag'),
      'ADMISSION_DENIED',
      'admission webhook "policy.example.com" denied the request: no latest tag',
    ],
    [
      answer(
        422,
        "deployments.apps \"task-agent\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too many",
      ),
      'ADMISSION_DENIED',
      "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too many",
    ],
    [
      answer(
        500,
        'Internal error occurred: failed calling webhook "w.example.com": connection refused',
      ),
      'ADMISSION_UNAVAILABLE',
      'Internal error occurred: failed calling webhook "w.example.com": connection refused',
    ],
    [
      answer(500, 'conversion webhook for example.com/v1, Kind=Foo failed: no such host'),
      'ADMISSION_UNAVAILABLE',
      'conversion webhook for example.com/v1, Kind=Foo failed: no such host',
    ],
    [
      answer(400, 'admission webhook "w.example.com" does not support dry run'),
      'ADMISSION_NO_DRY_RUN',
      'admission webhook "w.example.com" does not support dry run',
    ],
    [
      answer(404, 'namespaces "shop" not found', { name: 'shop', kind: 'namespaces' }),
      'OBJECT_NOT_FOUND',
      'namespace shop does not exist; create it, or declare it in the same application',
    ],
    [
      answer(
        409,
        'Operation cannot be fulfilled on deployments.apps "task-agent": the object has been modified',
      ),
      'OBJECT_CONFLICT',
      'the object has been modified',
    ],
    [answer(429, ''), 'CLUSTER_THROTTLED', 'the API server answers 429'],
    [answer(503, 'apiserver is shutting down'), 'CLUSTER_ERROR', 'apiserver is shutting down'],
    [{ status: 502, headers: {}, body: undefined }, 'CLUSTER_ERROR', 'the API server answers 502'],
  ] as const
  for (const [given, code, text] of rows) {
    const error = statusError(given, deployment)
    t.equal(error.code, code, text)
    t.equal(error.text, `deployments.apps task-agent: ${text}`)
  }
})

test('E5: the values of a Secret are in no error', async (t) => {
  const canary = 'canary-5f2c'
  const refusals = [
    answer(
      500,
      `failed to create typed patch object (shop/db; /v1, Kind=Secret): .data: expected map, got &{[${canary}]}`,
    ),
    answer(
      500,
      `failed to create typed patch object (shop/db; /v1, Kind=Secret): .data.k: expected string, got &value.valueUnstructured{Value:${canary}}`,
    ),
    answer(422, `Secret "db" is invalid: data[k]: Invalid value: "${canary}": not good`, {
      causes: [{ field: 'data[k]', message: `Invalid value: "${canary}": not good` }],
    }),
    answer(422, '', { causes: [{ field: 'type', message: `Unsupported value: "${canary}"` }] }),
    answer(422, '', { causes: [{ field: 'x', message: `Duplicate value: {"k":"${canary}"}` }] }),
    answer(422, '', { causes: [{ field: '<nil>', message: `Not found: ${canary}` }] }),
    answer(400, `Secret in version "v1" cannot be handled: json: ... |{"k":"${canary}"}|`),
    answer(400, `json: cannot unmarshal ${canary} into Go struct field`),
    answer(400, `readUint64: error found in #10 byte of ...|ta: ${canary}|...`),
    answer(400, `admission webhook "w" denied the request: '${canary}' is weak`),
    answer(500, `Internal error occurred: could not store [${canary}]`),
  ]
  for (const refusal of refusals) {
    const error = statusError(refusal, secret)
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
    t.notMatch(told, canary)
    t.match(error.text, /^secrets db: /)
  }
})

test('what the server says of a Secret without values is kept', async (t) => {
  const message = 'Forbidden: field is immutable when `immutable` is set'

  const immutable = statusError(
    answer(422, 'Secret "db" is invalid', { causes: [{ field: 'data', message }] }),
    secret,
  )
  const forbidden = statusError(
    answer(403, 'secrets is forbidden: User "u" cannot list resource "secrets" in API group ""'),
    { ...secret, name: '' },
  )

  t.equal(immutable.text, `secrets db: data: ${message}`)
  t.match(forbidden.text, 'secrets: User "u" cannot list resource "secrets"')
})

test('an answer of any shape becomes an error', async (t) => {
  for (const body of [undefined, null, 'x', [], { message: 1, details: { causes: [{}, 3] } }]) {
    t.equal(statusError({ status: 500, headers: {}, body }, secret).code, 'CLUSTER_ERROR')
  }
})

test('a very long message is cut', async (t) => {
  t.ok(statusError(answer(400, 'x'.repeat(100_000)), deployment).text.length <= 1000)
})

test('a uid that is another object’s is recognised in both wordings', async (t) => {
  const wordings = [
    'Operation cannot be fulfilled on pods "a": Precondition failed: UID in precondition: x, UID in object meta: y',
    'Operation cannot be fulfilled on Deployment.apps "a": the UID in the precondition (x) does not match the UID in record (y)',
  ]
  for (const message of wordings) t.ok(isUidMismatch(answer(409, message)))
  t.notOk(isUidMismatch(answer(409, 'the object has been modified')))
})

test('404 without a name means that the path is not served', async (t) => {
  t.ok(isUnknownPath(answer(404, 'the server could not find the requested resource')))
  t.notOk(isUnknownPath(answer(404, 'configmaps "a" not found', { name: 'a' })))
})

test('a webhook that does not answer names its Service', async (t) => {
  const serviceIn = (message: string) => statusError(answer(500, message), deployment).service

  t.strictSame(
    serviceIn(
      'Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "https://hook.shop.svc:443/validate?timeout=1s": no endpoints available for service "hook"',
    ),
    { namespace: 'shop', name: 'hook' },
  )
  t.strictSame(
    serviceIn(
      'conversion webhook for example.com/v1, Kind=Foo failed: Post "https://hook.shop.svc:443/convert?timeout=30s": dial tcp: refused',
    ),
    { namespace: 'shop', name: 'hook' },
  )
  t.equal(
    serviceIn('failed calling webhook "w.example.com": Post "https://example.com/": refused'),
    undefined,
  )
})
