/** Units of the systemd tour, written to /etc/systemd/system; two of Debian's that fail in a container. */
const UNITS: Readonly<Record<string, string>> = {
  demo: '[Unit]\nDescription=Demo daemon\n[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=10\n[Install]\nWantedBy=multi-user.target\n',
  broken:
    "[Unit]\nDescription=Broken daemon\n[Service]\nExecStart=/bin/sh -c 'echo cannot start >&2; exit 3'\n[Install]\nWantedBy=multi-user.target\n",
  looper:
    "[Unit]\nDescription=Looping daemon\n[Service]\nExecStart=/bin/sh -c 'echo cannot start >&2; exit 1'\nRestart=always\nRestartSec=10\n[Install]\nWantedBy=multi-user.target\n",
  fastloop:
    '[Unit]\nDescription=Fast looping daemon\n[Service]\nExecStart=/bin/false\nRestart=always\n[Install]\nWantedBy=multi-user.target\n',
  nobin:
    '[Unit]\nDescription=Missing binary\n[Service]\nExecStart=/usr/bin/nosuchbinary\n[Install]\nWantedBy=multi-user.target\n',
  badset: '[Unit]\nDescription=Bad setting\n[Service]\nExecStrat=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
  'console-getty': '[Unit]\nDescription=Console Getty\n[Service]\nExecStart=/bin/false\n',
  'serial-getty@': '[Unit]\nDescription=Serial Getty on %I\n[Service]\nExecStart=/bin/false\n',
}

/** Writes the units, fails the two gettys, and forgets that containerd was enabled. */
export const WRITE_UNITS = `${Object.entries(UNITS)
  .map(([name, text]) => `cat > /etc/systemd/system/${name}.service <<'EOF'\n${text}EOF\n`)
  .join('')}
systemctl disable containerd
systemctl start console-getty serial-getty@ttyS0
`

/** Puts the kubelet's configuration back as kubeadm left it; first keeps it. */
export const KEEP_KUBELET =
  'mkdir -p /root/kept; cp -a /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /etc/kubernetes/kubelet.conf /root/kept/'
export const RESTORE_KUBELET =
  'cp -a /root/kept/config.yaml /root/kept/kubeadm-flags.env /var/lib/kubelet/; cp -a /root/kept/kubelet.conf /etc/kubernetes/'

const CONFIG = '/var/lib/kubelet/config.yaml'
const FLAGS = '/var/lib/kubelet/kubeadm-flags.env'
const CONF = '/etc/kubernetes/kubelet.conf'

/** How each kubelet-10 topic broke the kubelet. */
export const KUBELET_FAULTS = {
  healthy: 'true',
  badflag: `echo 'KUBELET_KUBEADM_ARGS="--nosuch-flag=1"' > ${FLAGS}`,
  removedflag: `echo 'KUBELET_KUBEADM_ARGS="--container-runtime=remote"' > ${FLAGS}`,
  unknownfield: `echo 'fooBar: 1' >> ${CONFIG}`,
  yamlerror: `sed -i 's/^clusterDNS:/clusterDNS/' ${CONFIG}`,
  noconfig: `rm ${CONFIG}`,
  badca: `sed -i 's,clientCAFile: .*,clientCAFile: /etc/kubernetes/pki/WRONG-CA-FILE.crt,' ${CONFIG}`,
  wrongport: `sed -i 's/:6443/:6553/' ${CONF}`,
  wronghost: `sed -i 's/172.30.1.2:6443/172.30.1.99:6443/' ${CONF}`,
  wrongca: `sed -i "s,certificate-authority-data: .*,certificate-authority-data: $(base64 -w0 /etc/kubernetes/pki/etcd/ca.crt)," ${CONF}`,
  nokubeconfig: `rm ${CONF}`,
  cgroupdriver: `sed -i 's/cgroupDriver: .*/cgroupDriver: systemd/' ${CONFIG}`,
  cgroupv1: `sed -i '/failCgroupV1/d' ${CONFIG}`,
  staticpath: `sed -i 's,staticPodPath: .*,staticPodPath: /etc/kubernetes/nosuch,' ${CONFIG}`,
  wrongsock: `sed -i 's,containerRuntimeEndpoint: .*,containerRuntimeEndpoint: unix:///run/nosuch.sock,' ${CONFIG}`,
  diskpressure: `printf 'evictionHard:\\n  nodefs.available: 99%%\\n' >> ${CONFIG}`,
  containerdDown: 'systemctl stop containerd',
} as const

/** What crictl needs to know of containerd. */
export const RUNTIME_ENDPOINT = "echo 'runtime-endpoint: unix:///run/containerd/containerd.sock' > /etc/crictl.yaml"
