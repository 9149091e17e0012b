import { expect, test } from 'vitest'
import { chainOf, Mission } from '../../src/game/index.ts'
import { Stage } from '../../src/scenario/index.ts'
import { findScenario, workloads } from '../../src/serve/scenarios.ts'

test('what led to what is what the cluster went through, those who fared alike together', () => {
  const { scenario } = findScenario('quiet-nodes')!
  const mission = new Mission(new Stage(scenario!, workloads))
  const lines = mission.chain().map(({ where, what, depth, alike }) => {
    const deed = depth === 0 ? `${where}:` : `${'  '.repeat(depth)}${where.replace(/-[a-z0-9]{5}$/, '-…')}: ${what}`
    // Where the scheduler put the shop's pods is chance.
    return alike > 0 ? `${deed} (and others)` : deed
  })
  expect(lines).toEqual([
    'node01:',
    '  node01: kubelet.service: dead',
    '    node/node01: Ready: Unknown (NodeStatusUnknown)',
    '      node/node01: NodeNotReady: Node node01 status is now: NodeNotReady',
    '      pod/kube-proxy-…: NodeNotReady: Node is not ready (and others)',
    'node03:',
    '  node03: kubelet.service: dead',
    '    node03: kubelet: dial tcp 192.168.56.10:6433: connect: connection refused',
    '      node/node03: Ready: Unknown (NodeStatusUnknown)',
    '        node/node03: NodeNotReady: Node node03 status is now: NodeNotReady',
    '        pod/kube-proxy-…: NodeNotReady: Node is not ready (and others)',
    'node02:',
    '  node02: containerd.service: dead',
    '    node02: containerd.service: failed',
    '  node/node02: NodeNotReady: Node node02 status is now: NodeNotReady',
  ])
})

test('what a kubelet read when it started leads to what its pods come upon', () => {
  const { scenario } = findScenario('echo')!
  const lines = new Mission(new Stage(scenario!, workloads)).chain()
  const crash = lines.findIndex(({ what }) => /^container coredns .* ended: Error, exit code 1$/.test(what))
  const deed = lines.slice(0, crash).findLast(({ depth }) => depth === 0)
  expect([lines[crash]?.depth, deed?.what]).toEqual([2, expect.stringMatching(/^sed -i 's#\^resolvConf: /)])
})

test('deeds without consequences and what came afterwards are left out', () => {
  const h = (at: number, what: string, because: any, ofItself = false) => ({ at, where: 'a', what, because, ofItself })
  const deed = h(1, 'deed', undefined)
  const idle = h(2, 'idle', undefined)
  const effect = h(3, 'effect', deed)
  const aged = h(4, 'too old', undefined, true)
  expect(chainOf([deed, idle, effect, aged, h(9, 'late', deed)], 5).map((l) => [l.what, l.depth])).toEqual([
    ['deed', 0],
    ['effect', 1],
    ['too old', 0],
  ])
})
