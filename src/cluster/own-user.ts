import { z } from 'zod'
import { StageError } from '../domain/error.ts'
import { statusError } from './errors.ts'
import type { Target } from './kube-request.ts'
import type { Transport } from './transport.ts'

const Review = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) })

const target: Target = {
  resource: 'selfsubjectreviews',
  group: 'authentication.k8s.io',
  kind: 'SelfSubjectReview',
  namespace: '',
  name: '',
}

/** The name under which the server knows Landfall. Every user may ask for it. */
export async function askUser(transport: Transport): Promise<string> {
  const answer = await transport.send({
    verb: 'create',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    target,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  })
  if (answer.status >= 300) throw statusError(answer, target)
  const username = Review.safeParse(answer.body).data?.status.userInfo.username
  if (username !== undefined) return username
  throw new StageError('CLUSTER_ERROR', 'the API server does not say who Landfall is')
}
