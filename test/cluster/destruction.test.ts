import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

/** What ruins a host or a cluster, and what somebody types who looks at the ruins. */
const RUIN = `rm -rf /var/lib/etcd
rm -rf /var/lib/etcd/member/wal
rm -rf /etc/kubernetes/pki
echo x > /etc/kubernetes/pki/apiserver.crt
rm -rf /etc/kubernetes/manifests
for f in /etc/kubernetes/manifests/*.yaml; do sed -i "s/- --.*$/- --nosuch=1/" $f; done
sed -i "s/name: .*/name: [a/" /etc/kubernetes/manifests/*.yaml
sed -i "s/.*: .*/&x/" /var/lib/kubelet/config.yaml
sed -i "s/certificate-authority-data: .*/certificate-authority-data: eA==/" /etc/kubernetes/*.conf
iptables -F; iptables -t nat -F; iptables -X
iptables -P INPUT DROP
iptables -P OUTPUT DROP
nft flush ruleset
ip link set eth0 down
ip link del cni0; ip link del flannel.1
ip route flush table main
ip addr flush dev eth0
sysctl -w net.ipv4.ip_forward=0
kill -9 1
pkill -9 etcd
pkill -STOP containerd
systemctl mask --now kubelet
systemctl stop containerd
systemctl stop systemd-journald
date -s 1970-01-01
date -s 2100-01-01
fallocate -l 100G /fill; dd if=/dev/zero of=/fill bs=1M count=100000
mount -o remount,ro /
rm -rf /var/lib/kubelet
rm -rf /var/lib/containerd
rm -rf /etc/cni /opt/cni
rm -rf /usr/bin
rm -rf --no-preserve-root /
chmod -R 000 /etc
echo > /etc/passwd
echo nameserver 1.2.3.4 > /etc/resolv.conf
hostnamectl set-hostname zzz
reboot
poweroff
exec false
:(){ :|:& };:
while :; do :; done
cp -r / /copy
kubectl delete ns kube-system --wait=false
kubectl delete nodes --all
kubectl delete clusterroles,clusterrolebindings --all
kubectl delete sa,cm,secrets,svc,ds,deploy,leases,endpointslices -A --all
kubectl delete apiservices,flowschemas,prioritylevelconfigurations --all
kubectl taint nodes --all x=y:NoExecute
kubectl get all -A -o yaml | sed "s/nginx/x/" | kubectl apply -f -
kubectl get pods -A -o json | kubectl replace --force -f -
kubectl create deploy many --image=nginx --replicas=100
kubectl patch node node01 --subresource=status --type=json -p '[{"op":"remove","path":"/status"}]'
kubectl -n kube-system delete cm kubeadm-config kubelet-config kube-proxy coredns
kubeadm reset -f
kubeadm init
kubeadm certs renew all
crictl rm -af; crictl rmp -af; crictl rmi -a
etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key del "" --from-key
etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key put /registry/pods/default/x garbage`.split(
  '\n',
)
const LOOK = `kubectl get nodes,pods -A -o wide
kubectl describe pods -A
kubectl get events -A
kubectl logs -n kube-system -l component=etcd --tail=3
journalctl -n 20 --no-pager
systemctl --failed
systemctl restart kubelet
systemctl status kubelet containerd --no-pager
crictl ps -a
crictl pods
ps aux; top -bn1
ss -tlnp; ip a; ip r
iptables-save | wc -l
find / -name "*.conf" | wc -l
df -h; du -sh /var
etcdctl endpoint status -w table
kubeadm certs check-expiration
openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -dates
curl -k -m 2 https://127.0.0.1:6443/readyz?verbose
ssh node01 uptime
kubectl run probe --image=busybox --rm -i --restart=Never --command -- nslookup kubernetes
sleep 40`.split('\n')

const RUNS = Number(process.env.DESTRUCTION_RUNS ?? 4)

test('whatever is ruined, and in whatever order, the world lives on', () => {
  const step = fc.record({
    line: fc.oneof(
      { arbitrary: fc.constantFrom(...RUIN), weight: 2 },
      { arbitrary: fc.constantFrom(...LOOK), weight: 3 },
    ),
    host: fc.nat(2),
  })
  const game = fc.record({
    cluster: fc.constantFrom('default', 'ha', 'single'),
    seed: fc.nat(1000),
    steps: fc.array(step, { minLength: 8, maxLength: 16 }),
  })
  fc.assert(
    fc.property(game, ({ cluster, seed, steps }) => {
      const world = createWorld({ cluster, seed })
      const hosts = [...world.hosts.keys()]
      for (const { line, host } of steps) {
        const before = world.now()
        // An error of the simulation itself is thrown.
        world.run(line, { host: hosts[host % hosts.length], timeoutMs: 10_000 })
        expect(world.now()).toBeGreaterThanOrEqual(before)
      }
      world.advance(60_000)
    }),
    {
      numRuns: RUNS,
      seed: process.env.DESTRUCTION_SEED ? Number(process.env.DESTRUCTION_SEED) : 1,
      endOnFailure: true,
    },
  )
}, 600_000)
