import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

/** Seconds since the first of the lines on the node's lease, and what they say. */
const lines = (text: string): [number, string][] => {
  const all = text
    .split('\n')
    .map((line) => /^\w\d{4} (\d+):(\d+):([\d.]+) +\d+ (controller\.go:\d+\] "[^"]*")/.exec(line))
    .filter((m) => m !== null)
    .map((m): [number, string] => [Number(m[1]) * 3600 + Number(m[2]) * 60 + Number(m[3]), m[4]])
  return all.map(([at, what]) => [Math.round(at - all[0][0]), what])
}

const UPDATE = 'controller.go:251] "Failed to update lease"'
const FALLBACK = 'controller.go:171] "failed to update lease using latest lease, fallback to ensure lease"'
const ENSURE = 'controller.go:201] "Failed to ensure lease exists, will retry"'

test('an API server that does not answer is waited for, ten seconds a try; one that refuses is not', () => {
  const world = createWorld({ cluster: 'single' })
  const log = "journalctl -u kubelet -o cat --since '09:00:00'"
  world.sh('mv /etc/kubernetes/manifests/etcd.yaml /root/')
  world.advance(75_000)
  expect(lines(world.sh(log).stdout).slice(0, 7)).toEqual([
    [0, UPDATE],
    [10, UPDATE],
    [20, UPDATE],
    [30, UPDATE],
    [40, UPDATE],
    [40, FALLBACK],
    [50, ENSURE],
  ])
  const other = createWorld({ cluster: 'single' })
  other.sh('mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/')
  other.advance(60_000)
  expect(lines(other.sh(log).stdout).slice(0, 10)).toEqual([
    ...Array(5).fill([0, UPDATE]),
    [0, FALLBACK],
    // 0.2, 0.4, 0.8, 1.6 s between them.
    ...[0, 0, 1, 1].map((at) => [at, ENSURE]),
  ])
})
