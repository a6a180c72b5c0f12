import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import ssh2, { type AuthContext, type ParsedKey, type ServerChannel } from 'ssh2'

export interface SshGitServer {
  readonly port: number
  /** Files of a client that may fetch. */
  readonly keyFile: string
  readonly knownHostsFile: string
  /** A key that opens nothing, and a known_hosts file with another host's key. */
  readonly otherKeyFile: string
  readonly otherKnownHostsFile: string
  /** Commands that clients sent. */
  readonly commands: readonly string[]
  close(): Promise<void>
}

/** A real SSH server that knows one public key and runs `git-upload-pack` below `root`. */
export async function startSshGitServer(root: string): Promise<SshGitServer> {
  const [host, otherHost, user, otherUser] = [aKey(), aKey(), aKey(), aKey()]
  const allowed = parsedKey(user.public)
  const commands: string[] = []
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => authenticate(context, allowed))
    client.on('session', (acceptSession) => {
      acceptSession().on('exec', (accept, _reject, { command }) => {
        commands.push(command)
        serve(root, command, accept())
      })
    })
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const file = async (name: string, content: string) => {
    const path = join(root, name)
    await writeFile(path, content, { mode: 0o644 })
    return path
  }
  return {
    port,
    commands,
    keyFile: await file('key', user.private),
    otherKeyFile: await file('other-key', otherUser.private),
    knownHostsFile: await file('known_hosts', `[127.0.0.1]:${port} ${host.public}\n`),
    otherKnownHostsFile: await file('other_hosts', `[127.0.0.1]:${port} ${otherHost.public}\n`),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function aKey() {
  return ssh2.utils.generateKeyPairSync('ed25519')
}

function parsedKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error) throw key
  return key
}

function authenticate(context: AuthContext, allowed: ParsedKey): void {
  if (context.method !== 'publickey' || !context.key.data.equals(allowed.getPublicSSH())) {
    context.reject(['publickey'])
    return
  }
  const { signature, blob, hashAlgo } = context
  const isProven =
    signature === undefined ||
    (blob !== undefined && allowed.verify(blob, signature, hashAlgo) === true)
  if (isProven) context.accept()
  else context.reject(['publickey'])
}

function serve(root: string, command: string, channel: ServerChannel): void {
  const name = /^git-upload-pack '\/([\w.-]+)'$/.exec(command)?.[1]
  if (name === undefined) {
    channel.exit(1)
    channel.end()
    return
  }
  const child = spawn('git', ['upload-pack', join(root, name)])
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (code) => {
    channel.exit(code ?? 1)
    channel.end()
  })
}

/** ssh2's `address()` tells nothing before it listens, and its types nothing at all. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
