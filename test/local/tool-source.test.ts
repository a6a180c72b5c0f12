import { test } from 'tap'
import { readToolPins } from '../../src/local/tool-pins.ts'
import { buildOrder, toolSources } from '../../src/local/tool-source.ts'
import { wantedTools } from '../../src/local/wanted-tools.ts'

test('a tool that is not installed comes from', async (t) => {
  const all = { online: true, go: true, buildable: true }

  t.same(toolSources(all), ['download', 'build'], 'its release, else its sources')
  t.same(toolSources({ ...all, online: false }), ['build'], 'its sources without a network')
  t.same(toolSources({ ...all, go: false }), ['download'], 'its release without Go')
  t.same(toolSources({ ...all, buildable: false }), ['download'], 'its release if not pinned')
  t.same(toolSources({ ...all, online: false, go: false }), [], 'nowhere without both')
  t.same(toolSources({ ...all, online: false, buildable: false }), [], 'nowhere offline, unpinned')
})

test('tools are built set by set, the longest of each set first', async (t) => {
  const names = ['kubectl', 'helm', 'kube-scheduler', 'kube-apiserver', 'etcd']
  const ordered = buildOrder(wantedTools(names, await readToolPins()))

  t.same(
    ordered.map(({ name }) => name),
    ['kube-apiserver', 'kubectl', 'kube-scheduler', 'helm', 'etcd'],
  )
})

test('a Kubernetes version that is not pinned', async (t) => {
  const pins = await readToolPins()
  const [etcd, apiserver] = wantedTools(['etcd', 'kube-apiserver'], pins, '1.35.0')

  t.equal(apiserver?.pin.version, '1.35.0')
  t.equal(apiserver?.pin.build, undefined, 'is not built from the sources of the pinned one')
  t.equal(etcd?.pin, pins.tools['etcd'], 'leaves the other tools as they are')
})

test('a name that no tool has is refused with the names there are', async (t) => {
  const pins = await readToolPins()

  t.throws(() => wantedTools(['kubelet'], pins), {
    code: 'TOOL_MISSING',
    text: /etcd, kube-apiserver/,
  })
})
