import { parse } from 'yaml'
import { StatusError, TransportError } from '../../api/types.ts'
import { type Process, SysError } from '../../host/index.ts'
import { type Coro, Interrupt, sleep } from '../../kernel/index.ts'
import { goDuration } from '../../print/index.ts'
import { MANIFESTS_DIR, type NodeSettings } from '../../programs/kubeadm/index.ts'
import { clientFromFile } from './client.ts'
import { KubeadmError } from './errors.ts'
import { readText } from './files.ts'

/** How long kubeadm waits for a kubelet or a control plane where nothing else is said, ms. */
const LIMIT = 240_000

/** Go's duration of so many ms with the nanoseconds that a real one has. */
function took(p: Process, ms: number): string {
  const fraction = String(p.host.rng.int(1_000_000)).padStart(6, '0')
  if (ms < 1000) return `${Math.trunc(ms)}.${fraction}ms`
  const minutes = Math.trunc(ms / 60_000)
  const seconds = `${Math.trunc((ms % 60_000) / 1000)}.${String(Math.trunc(ms % 1000)).padStart(3, '0')}${fraction}s`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

/** What a dial of this machine's own address says; undefined: it is open. */
function refusal(p: Process, address: string, port: number): string | undefined {
  const ip = address === '0.0.0.0' || address === '' ? '127.0.0.1' : address
  return p.net.dial({ ip, port, from: p }).outcome === 'open'
    ? undefined
    : `dial tcp ${address}:${port}: connect: connection refused`
}

const KUBELET_HELP = `
Unfortunately, an error has occurred, likely caused by:
	- The kubelet is not running
	- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)

If you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:
	- 'systemctl status kubelet'
	- 'journalctl -xeu kubelet'

`

const componentHelp = (socket: string): string => `
A control plane component may have crashed or exited when started by the container runtime.
To troubleshoot, list all containers using your preferred container runtimes CLI.
Here is one example how you may list all running Kubernetes containers by using crictl:
	- 'crictl --runtime-endpoint ${socket} ps -a | grep kube | grep -v pause'
	Once you have found the failing container, you can inspect its logs with:
	- 'crictl --runtime-endpoint ${socket} logs CONTAINERID'

`

/** Until the kubelet of this machine answers where its configuration says. `limit`: timeouts.kubeletHealthCheck, ms. */
export function* waitForKubelet(p: Process, kubelet: any = {}, limit = LIMIT): Coro<void> {
  const { kernel } = p.host
  const [address, port] = [kubelet.healthzBindAddress || '127.0.0.1', kubelet.healthzPort ?? 10248]
  if (port === 0) {
    p.stdout.write('[kubelet-check] Skipping the kubelet health check because the healthz port is set to 0\n')
    return
  }
  const url = `http://${address}:${port}/healthz`
  p.stdout.write(`[kubelet-check] Waiting for a healthy kubelet at ${url}. This can take up to ${goDuration(limit)}\n`)
  const start = kernel.now()
  for (;;) {
    const problem = refusal(p, address, port)
    if (!problem) break
    if (kernel.now() - start >= limit) {
      p.stdout.write(`[kubelet-check] The kubelet is not healthy after ${took(p, kernel.now() - start)}\n`)
      p.stdout.write(KUBELET_HELP)
      throw new KubeadmError(
        `failed while waiting for the kubelet to start: The HTTP call equal to 'curl -sSL ${url}' returned error: Get ${JSON.stringify(url)}: ${problem}\n`,
      )
    }
    yield* sleep(kernel, 500)
  }
  p.stdout.write(`[kubelet-check] The kubelet is healthy after ${took(p, kernel.now() - start)}\n`)
}

/** Help of a kubelet that does not come up; after it kubeadm gives up. */
export const kubeletHelp = (p: Process): void => p.stdout.write(KUBELET_HELP)

/** A component of the control plane, and where it is asked how it is. */
interface Component {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly url: string
}

/** getControlPlaneComponents: by the flags of the manifests on this machine. */
function components(p: Process, node: NodeSettings): Component[] {
  const of = (name: string, flag: string, address: string, port: number, endpoint: string): Component => {
    const path = `${MANIFESTS_DIR}/${name}.yaml`
    let args: string[] = []
    try {
      args = parse(readText(p, path))?.spec?.containers?.[0]?.command ?? []
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      throw new KubeadmError(`failed to read manifest for ${JSON.stringify(path)}: ${error.goMessage}`)
    }
    const value = (flagName: string): string =>
      args.findLast((arg) => arg.startsWith(`--${flagName}=`))?.slice(flagName.length + 3) ?? ''
    const at = { name, address: value(flag) || address, port: Number(value('secure-port') || port) }
    return { ...at, url: `https://${at.address}:${at.port}/${endpoint}` }
  }
  return [
    of('kube-apiserver', 'advertise-address', node.address, 6443, 'livez'),
    of('kube-controller-manager', 'bind-address', '127.0.0.1', 10257, 'healthz'),
    of('kube-scheduler', 'bind-address', '127.0.0.1', 10259, 'livez'),
  ]
}

/**
 * Until the three components of this machine are healthy. `conf`: as who the API server is asked; `limit`:
 * timeouts.controlPlaneComponentHealthCheck, ms.
 */
export function* waitForComponents(p: Process, node: NodeSettings, conf: string, limit = LIMIT): Coro<void> {
  try {
    yield* healthy(p, node, conf, limit)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    p.stdout.write(componentHelp(node.criSocket))
    throw new KubeadmError(`failed while waiting for the control plane to start: ${error.message}`)
  }
}

function* healthy(p: Process, node: NodeSettings, conf: string, limit: number): Coro<void> {
  const { kernel } = p.host
  const say = (text: string): void => p.stdout.write(`[control-plane-check] ${text}\n`)
  const all = components(p, node)
  say(`Waiting for healthy control plane components. This can take up to ${goDuration(limit)}`)
  for (const { name, url } of all) say(`Checking ${name} at ${url}`)
  const begun = kernel.now()
  // The API server begins last, and so it is the last that is told of where all are there.
  const waiting = [...all.slice(1), all[0]]
  // Each component is asked by itself: an API server that does not answer yet keeps nobody waiting.
  const apiserver = kernel.spawn('kubeadm: livez', answering(p, conf))
  p.defer(() => apiserver.interrupt(new Interrupt('SIGKILL')))
  for (;;) {
    for (const one of [...waiting]) {
      const { name, address, port } = one
      if (name === 'kube-apiserver' ? apiserver.state === 'running' : refusal(p, address, port)) continue
      waiting.splice(waiting.indexOf(one), 1)
      say(`${name} is healthy after ${took(p, kernel.now() - begun)}`)
    }
    if (waiting.length === 0) return
    if (kernel.now() - begun >= limit) break
    yield* sleep(kernel, 500)
  }
  const problems = all
    .filter((one) => waiting.includes(one))
    .map(({ name, url, address, port }) => {
      say(`${name} is not healthy after ${took(p, kernel.now() - begun)}`)
      const asked = name === 'kube-apiserver' ? `${url}?timeout=10s` : url
      const why = refusal(p, address, port) ?? 'context deadline exceeded'
      return `${name} check failed at ${url}: Get ${JSON.stringify(asked)}: ${why}`
    })
  throw new KubeadmError(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
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
