import { KUBEADM_DROP_IN, KUBELET_SERVICE, type LaidFile } from '../programs/kubeadm/index.ts'

const CONTAINERD_SERVICE = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd

Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5

LimitNPROC=infinity
LimitCORE=infinity

TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`

const FLANNELD_SERVICE = `[Unit]
Description=flannel overlay network
Documentation=https://github.com/flannel-io/flannel
After=network-online.target
Wants=network-online.target

[Service]
EnvironmentFile=-/etc/default/flanneld
ExecStart=/usr/local/bin/flanneld --ip-masq --kube-subnet-mgr --kubeconfig-file=/etc/kubernetes/flannel.conf --net-config-path=/etc/kube-flannel/net-conf.json
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`

const CNI_CONFLIST = `{
  "name": "cbr0",
  "cniVersion": "0.3.1",
  "plugins": [
    {
      "type": "flannel",
      "delegate": {
        "hairpinMode": true,
        "isDefaultGateway": true
      }
    },
    {
      "type": "portmap",
      "capabilities": {
        "portMappings": true
      }
    }
  ]
}
`

const netConf = (podSubnet: string): string => `{
  "Network": "${podSubnet}",
  "EnableNFTables": false,
  "Backend": {
    "Type": "vxlan"
  }
}
`

/** Names of CNI plugin executables in /opt/cni/bin. */
export const CNI_PLUGINS = [
  'bandwidth',
  'bridge',
  'firewall',
  'flannel',
  'host-local',
  'loopback',
  'portmap',
  'ptp',
  'tuning',
]

/** What every Kubernetes machine has besides kubeadm's own files: runtime, kubelet units, CNI, kernel settings. */
export function nodeFiles(podSubnet: string, containerdConfig: string, flannel = true): LaidFile[] {
  const file = (path: string, content: string, mode = 0o644): LaidFile => ({ path, content, mode })
  const wants = '/etc/systemd/system/multi-user.target.wants'
  const link = (path: string, target: string): LaidFile => ({ path, target, content: '', mode: 0o777 })
  const overlay = flannel
    ? [
        file('/etc/systemd/system/flanneld.service', FLANNELD_SERVICE),
        link(`${wants}/flanneld.service`, '/etc/systemd/system/flanneld.service'),
        file('/etc/cni/net.d/10-flannel.conflist', CNI_CONFLIST),
        file('/etc/kube-flannel/net-conf.json', netConf(podSubnet)),
      ]
    : []
  return [
    ...overlay,
    file('/usr/lib/systemd/system/containerd.service', CONTAINERD_SERVICE),
    file('/usr/lib/systemd/system/kubelet.service', KUBELET_SERVICE),
    file('/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', KUBEADM_DROP_IN),
    link(`${wants}/containerd.service`, '/usr/lib/systemd/system/containerd.service'),
    link(`${wants}/kubelet.service`, '/usr/lib/systemd/system/kubelet.service'),
    file('/etc/containerd/config.toml', containerdConfig),
    file('/etc/crictl.yaml', 'runtime-endpoint: unix:///run/containerd/containerd.sock\n'),
    file('/etc/modules-load.d/k8s.conf', 'overlay\nbr_netfilter\n'),
    file(
      '/etc/sysctl.d/k8s.conf',
      'net.bridge.bridge-nf-call-iptables  = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\nnet.ipv4.ip_forward                 = 1\n',
    ),
    file('/etc/default/kubelet', 'KUBELET_EXTRA_ARGS=\n'),
  ]
}

/** haproxy in front of the API servers. */
export function balancerFiles(servers: readonly { name: string; address: string }[]): LaidFile[] {
  const backend = servers.map((s) => `    server ${s.name} ${s.address}:6443 check\n`).join('')
  return [
    {
      path: '/etc/haproxy/haproxy.cfg',
      mode: 0o644,
      content: `global
    log /dev/log local0
    daemon

defaults
    log global
    mode tcp
    option tcplog
    timeout connect 5s
    timeout client  50s
    timeout server  50s

frontend kube-apiserver
    bind *:6443
    default_backend kube-apiserver

backend kube-apiserver
    option tcp-check
    balance roundrobin
${backend}`,
    },
    {
      path: '/usr/lib/systemd/system/haproxy.service',
      mode: 0o644,
      content: `[Unit]
Description=HAProxy Load Balancer
Documentation=man:haproxy(1)
After=network-online.target rsyslog.service
Wants=network-online.target

[Service]
ExecStart=/usr/sbin/haproxy -Ws -f /etc/haproxy/haproxy.cfg -p /run/haproxy.pid
Type=exec
Restart=always

[Install]
WantedBy=multi-user.target
`,
    },
    {
      path: '/etc/systemd/system/multi-user.target.wants/haproxy.service',
      target: '/usr/lib/systemd/system/haproxy.service',
      content: '',
      mode: 0o777,
    },
  ]
}
