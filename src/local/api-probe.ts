import { once } from 'node:events'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'

export interface ApiAccess {
  readonly server: string
  /** PEM. */
  readonly ca: string
  readonly token: string
}

export interface ApiAnswer {
  readonly status: number
  readonly body: string
}

/** One request to the apiserver while the stack starts. Rejects when there is no answer. */
export async function askApi(access: ApiAccess, path: string, post?: object): Promise<ApiAnswer> {
  const call = request(new URL(path, access.server), {
    ca: access.ca,
    method: post === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${access.token}`,
      accept: 'application/json, text/plain',
      'content-type': 'application/json',
    },
    timeout: 5000,
  })
  call.once('timeout', () => call.destroy(new Error('no answer within 5 s')))
  const answered = once(call, 'response')
  call.end(post === undefined ? undefined : JSON.stringify(post))
  const [response] = await answered
  return { status: response.statusCode, body: await text(response) }
}
