/** Why steps that still differ do: what the recorder's lab had and a replay cannot have, or what the model leaves out. */
const LAB_HISTORY = "counts what the lab's whole day did before (restarts, crash loops, ids of interfaces)"
const HOST = "shows the recorder's own machine: its memory, disks, mounts, processes and users"
const LOG_VOLUME = 'the last lines of a busy log: which of many concurrent lines come last is chance'
const NOT_MODELLED = 'log lines of retries that the model does not write'
const BROKEN_LAB = 'taken before the kubelet had acted (README-lab: "nothing has happened yet")'
const SERVER = "words of the recorder's own little servers and their TLS library"
const KUBEADM = 'a part of kubeadm that is not simulated (upgrade, join --dry-run)'
const ORDER = 'order of concurrent lines'

/** By topic: numbers of steps and the reason. */
const NODE: Readonly<Record<string, readonly (readonly [steps: readonly number[], reason: string])[]>> = {
  'certs-01-expired-apiserver': [[[0, 2, 3, 4, 5, 8], NOT_MODELLED]],
  'certs-02-expired-kubelet-client': [[[0, 1], LOG_VOLUME]],
  'containerd-02-bad-config': [[[0, 1, 2], "a drop-in of the lab's own unit"]],
  'cp-02-apiserver-etcd-port': [[[0], LAB_HISTORY]],
  'cp-03-apiserver-yaml': [[[0], LAB_HISTORY]],
  'cp-04-apiserver-image': [
    [[0], LAB_HISTORY],
    [[3], LOG_VOLUME],
  ],
  'cp-06-apiserver-etcd-wrongca': [[[2], LOG_VOLUME]],
  'cp-07-apiserver-clientca': [[[2, 4], LOG_VOLUME]],
  'cp-09-sched-wrongport': [[[1], LAB_HISTORY]],
  'cp-10-sched-nokubeconfig': [[[2], LAB_HISTORY]],
  'cp-11-sched-hostpath': [
    [[0, 2, 6], 'caught within a second of a restart'],
    [[3, 4], LAB_HISTORY],
  ],
  'cp-12-kcm-wrongport': [
    [[1, 2, 5], LOG_VOLUME],
    [[3], LAB_HISTORY],
  ],
  'cp-16-sched-moved-out': [[[2], LAB_HISTORY]],
  'cp-18-etcd-cert': [[[0, 1, 2, 4, 6], BROKEN_LAB]],
  'cp-19-etcd-gone': [
    [[0, 2], LAB_HISTORY],
    [[1, 5], LOG_VOLUME],
  ],
  'cp-20-by-hand': [
    [[1, 15], NOT_MODELLED],
    [[27, 28, 29, 31], "etcd of another build, and the lab's data"],
  ],
  'crictl-03-running': [[[1, 3, 17, 30, 38], LAB_HISTORY]],
  'crictl-04-mutate-errors': [[[15, 22, 30, 32, 33], 'in which second the kubelet looks decides']],
  'host-01-basics': [[[2, 3, 4, 5, 6, 30, 33, 34, 41, 42, 43, 44, 47, 49, 51], HOST]],
  'journald-01': [[[3, 15, 23, 30, 31, 36], LAB_HISTORY]],
  'journald-02-boots': [[[1, 4, 5, 6], LAB_HISTORY]],
  'kube-proxy-02-iptables': [[[2, 6, 12, 15, 16, 19, 22, 23], LAB_HISTORY]],
  'kube-proxy-03-nft': [
    [[0, 2], ORDER],
    [[1, 5, 7], LAB_HISTORY],
  ],
  'kube-proxy-06-cli-errors': [[[4, 6], ORDER]],
  'kubeadm-03-init-ok': [[[0], ORDER]],
  'kubeadm-05-live': [
    [[5, 22], LAB_HISTORY],
    [[9, 10], KUBEADM],
  ],
  'net-01-tools': [[[8, 9, 18, 24, 25, 36, 37, 50, 53, 55], SERVER]],
  'node01-01-join': [[[10], KUBEADM]],
  'node01-02-reset-rejoin': [[[2], LOG_VOLUME]],
  'node01-03-join-errors': [[[0, 3], "cp1's etcd was being broken at that moment"]],
}

/** The reason of a step that differs; undefined: nobody has looked yet, or it is to be fixed. */
export function reasonOf(area: string, topic: string, step: number): string | undefined {
  if (area !== 'node') return undefined
  return NODE[topic]?.find(([steps]) => steps.includes(step))?.[1]
}
