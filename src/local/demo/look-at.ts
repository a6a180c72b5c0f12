import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { askApi } from '../api-probe.ts'

/** Reads objects by API path with the first user of a kubeconfig of ours; undefined: not there. */
export async function createLook(kubeconfig: string): Promise<(path: string) => Promise<unknown>> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const access = {
    server,
    ca: Buffer.from(ca, 'base64').toString(),
    token: users[0].user.token,
  }
  return async (path) => {
    const { status, body } = await askApi(access, path)
    return status === 200 ? JSON.parse(body) : undefined
  }
}
