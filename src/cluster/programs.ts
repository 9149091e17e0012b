import { crictl } from '../commands/crictl/index.ts'
import { ctr } from '../commands/ctr/index.ts'
import { runc } from '../commands/ctr/runc.ts'
import { etcdctl } from '../commands/etcdctl/etcdctl.ts'
import { etcdutl } from '../commands/etcdutl/etcdutl.ts'
import { kubeadmProgram } from '../commands/kubeadm/index.ts'
import { kubectlProgram } from '../commands/kubectl/index.ts'
import { behindGetopt } from '../commands/lib/getopt-gate.ts'
import { busyboxNetPrograms, hostPrograms } from '../commands/node/index.ts'
import { opensslProgram } from '../commands/openssl/index.ts'
import type { Program } from '../host/index.ts'
import { etcd } from '../programs/etcd/etcd.ts'
import { haproxy } from '../programs/haproxy.ts'
import { kubeApiserver } from '../programs/kube-apiserver/index.ts'
import { kubeControllerManager } from '../programs/kube-controller-manager/index.ts'
import { kubeScheduler } from '../programs/kube-scheduler/index.ts'
import { nodePrograms } from '../programs/kubelet/index.ts'
import { systemPrograms } from '../programs/system/index.ts'
import { busyboxPrograms as busyboxTools, shellPrograms } from '../shell/index.ts'

/** A CNI plugin is found and called by the runtime; run by hand it says what the real one says without its environment. */
const cniPlugin = (name: string): Program => ({
  name: `cni-${name}`,
  *main(p) {
    p.stderr.write(`CNI ${name} plugin: not simulated as a command\n`)
    return 127
  },
})

/** What runs in containers only, or is installed by hand in a place of its own. */
const NOT_INSTALLED: readonly Program[] = [
  ...busyboxTools,
  ...busyboxNetPrograms,
  ...nodePrograms.filter((p) => !['kubelet', 'containerd', 'python3'].includes(p.name)),
  etcd,
  haproxy,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  ...['bandwidth', 'bridge', 'firewall', 'flannel', 'host-local', 'loopback', 'portmap', 'ptp', 'tuning'].map(
    cniPlugin,
  ),
]

const PROGRAMS: readonly Program[] = [
  ...[...shellPrograms, ...systemPrograms, ...hostPrograms].map(behindGetopt),
  kubectlProgram(),
  kubeadmProgram,
  opensslProgram,
  crictl,
  ctr,
  runc,
  etcdctl,
  etcdutl,
  ...nodePrograms,
  ...NOT_INSTALLED,
]

/** What only machines of a cluster have. */
const OF_A_CLUSTER = new Set<Program>([
  ...PROGRAMS.filter(({ name }) => ['kubectl', 'kubelet', 'containerd'].includes(name)),
  kubeadmProgram,
  crictl,
  ctr,
  runc,
  etcdctl,
  etcdutl,
])

/** Every program of the simulation by name. */
export const programs: ReadonlyMap<string, Program> = new Map(PROGRAMS.map((p) => [p.name, p]))

/** Names of those whose executables are in a machine's image. */
export const installed: readonly string[] = [...programs.keys()].filter((n) => !NOT_INSTALLED.some((p) => p.name === n))

/** The same for a machine that belongs to no cluster. */
export const installedBare: readonly string[] = installed.filter((n) => !OF_A_CLUSTER.has(programs.get(n)!))
