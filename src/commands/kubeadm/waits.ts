import { StatusError, TransportError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, Interrupt, sleep } from '../../kernel/index.ts'
import type { NodeSettings } from '../../programs/kubeadm/index.ts'
import { clientFromFile } from './client.ts'
import { KubeadmError } from './errors.ts'

/** How long kubeadm waits for a kubelet or a control plane, ms. */
const LIMIT = 240_000

/** Go's duration of so many ms with the nanoseconds that a real one has. */
function took(p: Process, ms: number): string {
  const fraction = String(p.host.rng.int(1_000_000)).padStart(6, '0')
  if (ms < 1000) return `${Math.trunc(ms)}.${fraction}ms`
  return `${Math.trunc(ms / 1000)}.${String(Math.trunc(ms % 1000)).padStart(3, '0')}${fraction}s`
}

const open = (p: Process, port: number): boolean => p.net.dial({ ip: '127.0.0.1', port, from: p }).outcome === 'open'

/** Until the kubelet of this machine answers. */
export function* waitForKubelet(p: Process): Coro<void> {
  const { kernel } = p.host
  p.stdout.write(
    '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n',
  )
  const start = kernel.now()
  while (!open(p, 10248)) {
    if (kernel.now() - start >= LIMIT) {
      p.stdout.write('[kubelet-check] The kubelet is not healthy after 4m0s\n')
      throw new KubeadmError('failed while waiting for the kubelet to start: context deadline exceeded')
    }
    yield* sleep(kernel, 500)
  }
  p.stdout.write(`[kubelet-check] The kubelet is healthy after ${took(p, kernel.now() - start)}\n`)
}

/** Until the three components of this machine are healthy. `conf`: as who the API server is asked. */
export function* waitForComponents(p: Process, node: NodeSettings, conf: string): Coro<void> {
  const { kernel } = p.host
  const targets = [
    ['kube-apiserver', `https://${node.address}:${node.bindPort}/livez`],
    ['kube-controller-manager', 'https://127.0.0.1:10257/healthz'],
    ['kube-scheduler', 'https://127.0.0.1:10259/livez'],
  ]
  p.stdout.write('[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s\n')
  for (const [name, url] of targets) p.stdout.write(`[control-plane-check] Checking ${name} at ${url}\n`)
  const begun = kernel.now()
  const waiting = new Map<string, number>([
    ['kube-controller-manager', 10257],
    ['kube-scheduler', 10259],
    ['kube-apiserver', node.bindPort],
  ])
  // Each component is asked by itself: an API server that does not answer yet keeps nobody waiting.
  const apiserver = kernel.spawn('kubeadm: livez', answering(p, conf))
  p.defer(() => apiserver.interrupt(new Interrupt('SIGKILL')))
  while (waiting.size > 0) {
    for (const [name, port] of waiting) {
      if (name === 'kube-apiserver' ? apiserver.state === 'running' : !open(p, port)) continue
      waiting.delete(name)
      p.stdout.write(`[control-plane-check] ${name} is healthy after ${took(p, kernel.now() - begun)}\n`)
    }
    if (waiting.size === 0) return
    if (kernel.now() - begun >= LIMIT)
      throw new KubeadmError('failed while waiting for the control plane to start: context deadline exceeded')
    yield* sleep(kernel, 500)
  }
}

/** Until the API server answers. */
function* answering(p: Process, conf: string): Coro<void> {
  while (!(yield* answers(p, conf))) yield* sleep(p.host.kernel, 500)
}

function* answers(p: Process, conf: string): Coro<boolean> {
  try {
    yield* clientFromFile(p, conf).find('ConfigMap', 'kube-system', 'kubeadm-config')
    return true
  } catch (error) {
    if (error instanceof StatusError || error instanceof TransportError || error instanceof KubeadmError) return false
    throw error
  }
}
