/**
 * The lab behind some recordings had no systemd: scripts of its own stopped and started processes. These rewrites say
 * the same in terms of a simulated host.
 */
const COMPONENT: Record<string, string> = {
  etcd: 'etcd',
  'kube-apiserver': 'kube-apiserver',
  'kube-controller-manager': 'kube-controller-manager',
  'kube-scheduler': 'kube-scheduler',
}

const stop = (name: string): string =>
  COMPONENT[name]
    ? `mv /etc/kubernetes/manifests/${name}.yaml /root/.${name}.yaml`
    : `ssh ${name} 'systemctl stop kubelet containerd'`
const start = (name: string): string =>
  COMPONENT[name]
    ? `mv /root/.${name}.yaml /etc/kubernetes/manifests/${name}.yaml`
    : `ssh ${name} 'systemctl start containerd kubelet'`

/** `lab`: the topic's set-up has a directory for $ORACLE with such scripts (setups/bare.ts), so its own paths stay. */
export function standIn(line: string, lab = false): string {
  if (lab)
    return line.replace(/cd \$ORACLE *(?:&&|;) */g, '').replace(/python3 (start|stop)\.py/g, 'bash $ORACLE/$1.py')
  return scriptsOf(line)
    .replace(/\$ORACLE\/rootfs\/?/g, '/')
    .replace(/chroot \/ /g, '')
}

function scriptsOf(line: string): string {
  return line
    .replace(/python3 (stop|start)\.py (?:-9 )?([a-z0-9 -]+?)(?=;|$|\n| &&)/g, (_m, what: string, names: string) =>
      names
        .trim()
        .split(/\s+/)
        .map((n) => (what === 'stop' ? stop(n) : start(n)))
        .join('; '),
    )
    .replace(
      /python3 -c 'import json,sys; d=json\.load\(sys\.stdin\); d((?:\["\w+"\])+)\.update\((\{.*?\})\); json\.dump\(d,sys\.stdout\)'/g,
      (_m, path: string, fields: string) => `jq '.${path.slice(2, -2).replaceAll('"]["', '.')} += ${fields}'`,
    )
    .replace(/cd \$ORACLE *(&&|;) */g, '')
    .replace(
      /kill -(STOP|CONT) \$\(cat \$ORACLE\/run\/(node\d+)\.pid\)/g,
      (_m, signal: string, node: string) => `ssh ${node} 'pkill -${signal} kubelet'`,
    )
}

/** Why a step's output is not compared: it runs for its effect only, since just the lab could print that. */
export const leftOut = (line: string, here = standIn(line)): string | undefined =>
  /python3 (?:start|stop)\.py/.test(line)
    ? "prints process ids of the lab's own scripts"
    : /python3 /.test(here)
      ? 'needs python3, which a node of the simulation does not have'
      : undefined
