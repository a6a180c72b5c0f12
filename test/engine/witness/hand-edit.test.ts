import { test } from 'tap'
import type { Application } from '../../../src/domain/application.ts'
import { answerHandEdit, type HandEdit } from '../../../src/engine/witness/hand-edit.ts'
import { aRequest } from '../../support/admission-requests.ts'
import { anApplication } from '../../support/an-application.ts'
import { aDeployment } from '../../support/objects.ts'

const declared = {
  origin: { file: 'apps/task-agent/deployment.yaml', line: 12 },
  unstable: [],
}

function edit(application: Partial<Application> = {}, overrides: Partial<HandEdit> = {}): HandEdit {
  return {
    request: aRequest({ groups: ['on-call'] }),
    application: anApplication(application),
    object: aDeployment(),
    hand: 'person',
    standing: { paused: undefined, declared },
    linkTo: ({ file, line }) => `https://github.com/acme/deploy/blob/main/${file}#L${line}`,
    ...overrides,
  }
}

const deny = (exempt: Partial<Application['handEdits']['exempt']> = {}) => ({
  handEdits: {
    policy: 'deny' as const,
    exempt: { users: [], groups: [], annotation: true, ...exempt },
    masksValues: false,
  },
})
const emergency = (reason: string) =>
  aDeployment({
    metadata: { name: 'web', namespace: 'shop', annotations: { 'landfall.dev/emergency': reason } },
  })

test('what a person hears', async (t) => {
  await t.test('is where Git has the object, what comes, and two ways on', async (t) => {
    t.strictSame(answerHandEdit(edit()), {
      allowed: true,
      warnings: [
        'managed by Landfall from acme/deploy apps/task-agent/deployment.yaml:12; this will be undone; edit it there, or `landfall pause task-agent`',
        'https://github.com/acme/deploy/blob/main/apps/task-agent/deployment.yaml#L12',
      ],
      message: '',
      exemption: undefined,
    })
  })

  await t.test('is the folder alone where nobody knows the file', async (t) => {
    const { warnings } = answerHandEdit(
      edit({}, { standing: { paused: undefined, declared: undefined } }),
    )

    t.match(warnings, [/^managed by Landfall from acme\/deploy apps\/task-agent; this will be/])
    t.equal(warnings.length, 1)
  })

  await t.test('says so where drift is only told', async (t) => {
    const { sync } = anApplication()
    const { warnings } = answerHandEdit(edit({ sync: { ...sync, drift: 'report' } }))
    t.match(warnings[0], /; this is told as drift; edit it there$/)
  })

  await t.test('says who paused it, and what ends that', async (t) => {
    const paused = { by: 'bob', at: '2026-01-01T00:00:00Z' }
    const { warnings } = answerHandEdit(edit({}, { standing: { paused, declared } }))
    t.match(
      warnings[0],
      /task-agent is paused by bob: this is undone after `landfall resume task-agent`/,
    )
  })

  await t.test('is nothing where hand edits are silent', async (t) => {
    const { exempt } = anApplication().handEdits
    t.match(answerHandEdit(edit({ handEdits: { policy: 'silent', exempt, masksValues: false } })), {
      allowed: true,
      warnings: [],
    })
  })

  await t.test('is plain text on one line, whatever stands in Git', async (t) => {
    const hostile = { file: 'a\r\nWarning: \u001b[31mfake.yaml', line: 1 }
    const { warnings } = answerHandEdit(
      edit({}, { standing: { paused: undefined, declared: { origin: hostile, unstable: [] } } }),
    )
    for (const line of warnings) t.match(line, /^[\x20-\x7e]+$/)
  })

  await t.test('names a repository by what people call it', async (t) => {
    const named = (repo: string) => answerHandEdit(edit({ repo })).warnings[0]
    t.match(named('git@github.com:acme/deploy.git'), /from acme\/deploy /)
    t.match(named('ssh://git@gitlab.example.com/group/sub/deploy'), /from group\/sub\/deploy /)
    t.match(named('file:///home/ann/secret/acme/deploy'), /from acme\/deploy /)
  })
})

test('a hand edit that is denied', async (t) => {
  await t.test('is refused, with the way on', async (t) => {
    const { allowed, message } = answerHandEdit(edit(deny()))

    t.equal(allowed, false)
    t.equal(
      message,
      'managed by Landfall from acme/deploy apps/task-agent/deployment.yaml:12; changes by hand are refused; edit it there, or `landfall pause task-agent`; in an emergency, say why in its annotation landfall.dev/emergency',
    )
  })

  await t.test('passes for who is exempt, and says why', async (t) => {
    const why = (exempt: Parameters<typeof deny>[0]) => answerHandEdit(edit(deny(exempt))).exemption

    t.equal(why({ users: ['ann@*'] }), 'the user ann@example.com is exempt')
    t.equal(why({ groups: ['on-*'] }), 'the group on-call is exempt')
    t.equal(why({ users: ['bob@*'], groups: ['dev'] }), undefined)
  })

  await t.test(
    'passes in an emergency, unless that is switched off or has no reason',
    async (t) => {
      const of = (reason: string, annotation = true) =>
        answerHandEdit(edit(deny({ annotation }), { object: emergency(reason) }))

      t.match(of('INC-7'), { allowed: true, exemption: 'emergency: INC-7' })
      t.match(of(' '), { allowed: false })
      t.match(of('INC-7', false), { allowed: false })
      t.notMatch(of('INC-7', false).message, /emergency/)
    },
  )

  await t.test(
    'passes for a service account, which may be an operator, with a warning',
    async (t) => {
      const { allowed, warnings } = answerHandEdit(edit(deny(), { hand: 'account' }))
      t.equal(allowed, true)
      t.match(warnings[0], /this will be undone/)
    },
  )

  await t.test('passes while the application is paused', async (t) => {
    const paused = { by: 'bob', at: '2026-01-01T00:00:00Z' }
    t.match(answerHandEdit(edit(deny(), { standing: { paused, declared } })), {
      allowed: true,
      exemption: 'the application is paused',
    })
  })

  await t.test('passes where nobody can say whether it is paused', async (t) => {
    t.match(answerHandEdit(edit(deny(), { standing: undefined })), { allowed: true })
  })
})
