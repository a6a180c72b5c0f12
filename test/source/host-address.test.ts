import { test } from 'tap'
import { isPrivateAddress, isRefusedAddress, resolveHost } from '../../src/source/host-address.ts'
import { parseRepoAddress } from '../../src/source/repo-address.ts'

const open = { allowInsecureHttp: true, allowLocalRepos: true }
const repository = parseRepoAddress('https://git.example.com/deploy.git', open)

test('C7: link-local and metadata addresses are refused in every spelling', async (t) => {
  const refused = [
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '0.0.0.0',
    '::',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::6464:64c8',
    '2002:a9fe:a9fe::1',
    '2002:a83f:8110::',
    '::a9fe:a9fe',
    '::169.254.169.254',
  ]
  for (const address of refused) t.ok(isRefusedAddress(address), address)
})

test("C7: private and loopback hosts are the operator's choice", async (t) => {
  for (const address of [
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '192.168.1.1',
    'fd12::1',
    '140.82.112.3',
  ]) {
    t.notOk(isRefusedAddress(address), address)
  }
})

test('C7: what no public name leads to is private, in every spelling', (t) => {
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '::1',
    'fd12::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ]) {
    t.ok(isPrivateAddress(address), address)
  }
  for (const address of ['140.82.112.3', '172.32.0.1', '2606:50c0::1']) {
    t.notOk(isPrivateAddress(address), address)
  }
  t.end()
})

test('C7: a number that means a metadata address is refused', async (t) => {
  for (const host of ['0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '[::ffff:a9fe:a9fe]']) {
    const address = parseRepoAddress(`https://${host}/deploy.git`, open)
    const asIs = async (name: string) => [name]

    await t.rejects(resolveHost(address, asIs), { code: 'SOURCE_REFUSED' }, host)
  }
})

test('C7: one refused answer among many refuses the host', async (t) => {
  const answers = async () => ['140.82.112.3', '169.254.169.254']

  await t.rejects(resolveHost(repository, answers), { code: 'SOURCE_REFUSED' })
})

test('a host is resolved to all its addresses', async (t) => {
  const answers = ['140.82.112.3', '2606:50c0:8000::64']

  t.same(await resolveHost(repository, async () => answers), answers)
  t.same(await resolveHost(parseRepoAddress('file:///srv/a', open), async () => answers), [])
})

test('a name that does not resolve is unreachable', async (t) => {
  const failing = async () => {
    throw new Error('ENOTFOUND')
  }

  await t.rejects(resolveHost(repository, failing), { code: 'SOURCE_UNREACHABLE' })
})
