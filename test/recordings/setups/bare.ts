/** The lab of the kubeadm and control-plane recordings: `$ORACLE` with programs in bin/ and a root file system for kubeadm. */
export const ORACLE = '/srv/oracle36'

/** How the lab without systemd started and stopped things: the control plane as bare processes, logs and process ids below $ORACLE. */
const START = `for c; do
  case $c in
    controlplane) systemctl start kubelet; pid=$(systemctl show -P MainPID kubelet) ;;
    node0*) ssh $c systemctl start containerd kubelet; sleep 1000000 & pid=$! ;; # stands for it among this machine's processes
    *) mapfile -t a < <(sed -n '/command:/,/image:/p' $ORACLE/manifests/$c.yaml | grep '^    - ' | sed 's/^    - //')
      "\${a[@]}" >> $ORACLE/logs/$c.log 2>&1 < /dev/null & pid=$! ;;
  esac
  echo $pid > $ORACLE/run/$c.pid; echo $c $pid
done
`

const STOP = `for c; do
  pid=$(cat $ORACLE/run/$c.pid); kill $pid
  while kill -0 $pid 2>/dev/null; do sleep 0.2; done
  echo stopped $c $pid
done
`

/** The recorder's start.py and stop.py. */
export const BARE_FILES: Readonly<Record<string, string>> = {
  [`${ORACLE}/start.py`]: START,
  [`${ORACLE}/stop.py`]: STOP,
}

/** The binaries of the control plane out of their images into bin/ (etcd's into root/usr/bin). */
export const BINARIES = `mkdir -p ${ORACLE}/bin ${ORACLE}/root/usr/bin
for b in kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd; do
  c=$(crictl ps -q --name "^$b$" | head -1); d=${ORACLE}/bin; [ $b = etcd ] && d=${ORACLE}/root/usr/bin
  cp /proc/$(crictl inspect -o go-template --template '{{.info.pid}}' $c)/root/usr/local/bin/$b $d/$b
done; cp /usr/bin/kubelet ${ORACLE}/bin/; cp /usr/bin/etcdctl ${ORACLE}/root/usr/bin/`

/** What the scripts need: places, flags, the programs on the PATH. */
export const BARE = [
  BINARIES,
  `mkdir -p ${ORACLE}/logs ${ORACLE}/run ${ORACLE}/work ${ORACLE}/manifests ${ORACLE}/none; ln -s / ${ORACLE}/rootfs`,
  `cp /etc/kubernetes/manifests/* ${ORACLE}/manifests/; sed -i 's#data-dir=.*#data-dir=/etcd-data#' ${ORACLE}/manifests/etcd.yaml`,
  `export PATH=$PATH:${ORACLE}/bin:${ORACLE}/root/usr/bin`,
]

/** The kubelet's folder of static pods is empty from now on. */
export const NO_STATIC_PODS = `sed -i 's#staticPodPath:.*#staticPodPath: ${ORACLE}/none#' /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 40`
