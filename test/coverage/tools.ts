import type { Case, Group, LeftOut } from './case.ts'
import features from './features.json' with { type: 'json' }

const CERTS =
  '--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
const ETCD = `ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 ${CERTS}`

/** Feature (a prefix of it is enough) → line; the longest prefix wins. */
const LINES: Readonly<Record<string, string>> = {
  'etcdctl snapshot save': `${ETCD} snapshot save /tmp/snap.db`,
  'etcdctl endpoint health': `${ETCD} endpoint health`,
  'etcdctl endpoint health --insecure-skip-tls-verify': `${ETCD} endpoint health --insecure-skip-tls-verify`,
  'etcdctl endpoint status': `${ETCD} endpoint status --write-out=table; ${ETCD} endpoint status -w json`,
  'etcdctl member list': `${ETCD} member list`,
  'etcdctl snapshot status': 'etcdutl snapshot status /tmp/snap.db --write-out=table',
  'etcdctl snapshot restore': 'etcdutl snapshot restore /tmp/snap.db --data-dir /tmp/r1',
  'etcdctl get': `${ETCD} get /registry/namespaces/default --keys-only`,
  'etcdctl put': `${ETCD} put foo bar`,
  'etcdctl defrag': `${ETCD} defrag --command-timeout=30s`,
  'etcdctl alarm list': `${ETCD} alarm list`,
  'etcdctl alarm disarm': `${ETCD} alarm disarm`,
  'etcdctl compact': `${ETCD} compact 5`,
  'etcdctl txn': `printf 'value("foo") = "bar"\\n\\nput foo baz\\n\\n\\n' | ${ETCD} txn`,
  'etcdutl snapshot status': 'etcdutl snapshot status /tmp/snap.db --write-out=table',
  'etcdutl snapshot restore':
    'etcdutl snapshot restore /tmp/snap.db --data-dir /tmp/r2 --name m1 --initial-cluster m1=https://10.0.0.1:2380 --initial-cluster-token t --initial-advertise-peer-urls https://10.0.0.1:2380',
  'crictl ps': 'crictl ps; crictl ps -a; crictl ps -q; crictl ps --name etcd',
  'crictl logs': 'crictl logs --tail 3 $(crictl ps -q --name kube-scheduler)',
  'crictl images': 'crictl images',
  'crictl version': 'crictl version',
  'crictl info': 'crictl info | head -3',
  'crictl stop': 'crictl stop $(crictl ps -q --name kube-scheduler)',
  'crictl inspect': 'crictl inspect $(crictl ps -q --name etcd) | head -3',
  'crictl pods': 'crictl pods',
  'crictl pull': 'crictl pull busybox',
  'ctr images pull': 'ctr images pull docker.io/library/busybox:latest',
  'ctr run': 'ctr run --rm docker.io/library/busybox:latest x1 date',
  journalctl: 'journalctl -u kubelet -n 5 --no-pager -l; journalctl -u containerd --since "5 min ago" | tail -2',
  'journalctl -f': 'timeout 2 journalctl -u kubelet -f',
  'systemctl restart': 'systemctl restart kubelet',
  'systemctl status': 'systemctl status kubelet --no-pager',
  'systemctl enable': 'systemctl enable kubelet',
  'systemctl enable --now': 'systemctl enable --now containerd',
  'systemctl daemon-reload': 'systemctl daemon-reload',
  'systemctl start': 'systemctl start kubelet',
  'systemctl stop': 'systemctl stop chronyd; systemctl start chronyd',
  'systemctl is-active': 'systemctl is-active kubelet',
  'systemctl cat': 'systemctl cat kubelet',
  'systemctl reload': 'systemctl reload ssh',
  'systemctl disable': 'systemctl disable kubelet; systemctl enable kubelet',
  'systemctl daemon-reexec': 'systemctl daemon-reexec',
  service: 'service kubelet status',
  'kubeadm token create': 'kubeadm token create --print-join-command; kubeadm token create --ttl 1h --description x',
  'kubeadm token list': 'kubeadm token list',
  'kubeadm token delete': 'kubeadm token delete $(kubeadm token create)',
  'kubeadm upgrade plan': 'kubeadm upgrade plan',
  'kubeadm upgrade apply': 'kubeadm upgrade apply v1.36.4 -y',
  'kubeadm upgrade node': 'ssh node01 kubeadm upgrade node',
  'kubeadm certs check-expiration': 'kubeadm certs check-expiration',
  'kubeadm certs renew': 'kubeadm certs renew apiserver',
  'kubeadm version': 'kubeadm version; kubeadm version -o short',
  'kubeadm config print init-defaults': 'kubeadm config print init-defaults',
  'kubeadm init phase upload-certs': 'kubeadm init phase upload-certs --upload-certs',
  'kubeadm join': 'ssh node02 "kubeadm reset -f"; ssh node02 "$(kubeadm token create --print-join-command)"',
  'kubeadm reset': 'ssh node02 kubeadm reset -f',
  'kubeadm init':
    'kubeadm init --pod-network-cidr=10.244.0.0/16 --apiserver-advertise-address=192.168.56.10 --kubernetes-version v1.36.4 --node-name controlplane --cri-socket unix:///run/containerd/containerd.sock --dry-run --ignore-preflight-errors=all | head -20',
  'kubeadm init --control-plane-endpoint':
    'kubeadm init --control-plane-endpoint=controlplane:6443 --upload-certs --dry-run --ignore-preflight-errors=all | head -3',
  'kubeadm init --upload-certs':
    'kubeadm init --control-plane-endpoint=controlplane:6443 --upload-certs --dry-run --ignore-preflight-errors=all | head -3',
  'kubeadm init --config':
    'kubeadm config print init-defaults > /tmp/kc.yaml; kubeadm init --config /tmp/kc.yaml --dry-run --ignore-preflight-errors=all | head -3',
  kubelet: 'kubelet --version',
  'openssl x509': 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -text | head -12',
  'openssl x509 -dates': 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -dates -enddate -subject',
  'openssl x509 -enddate': 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -enddate',
  'openssl x509 -subject': 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -subject',
  'openssl x509 -pubkey':
    'openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -pubkey | openssl rsa -pubin -outform der 2>/dev/null | openssl dgst -sha256 -hex',
  'openssl x509 -req':
    'openssl x509 -req -in /tmp/u.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -out /tmp/u.crt -days 365 -sha256',
  'openssl x509 -extfile':
    'printf "[v3]\\nsubjectAltName=DNS:a\\n" > /tmp/e.cnf; openssl x509 -req -in /tmp/u.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -out /tmp/u.crt -days 365 -extensions v3 -extfile /tmp/e.cnf',
  'openssl x509 -signkey': 'openssl x509 -req -in /tmp/u.csr -signkey /tmp/u.key -out /tmp/self.crt -days 10',
  'openssl req': 'openssl req -new -key /tmp/u.key -out /tmp/u.csr -subj "/CN=jane/O=dev"',
  'openssl req -x509':
    'openssl req -x509 -nodes -days 365 -newkey rsa:2048 -sha256 -keyout /tmp/t.key -out /tmp/t.crt -subj "/CN=web" -addext "subjectAltName=DNS:web"',
  'openssl req -config':
    'printf "[req]\\ndistinguished_name=dn\\nprompt=no\\n[dn]\\nCN=x\\n" > /tmp/r.cnf; openssl req -new -key /tmp/u.key -out /tmp/u2.csr -config /tmp/r.cnf',
  'openssl req -in': 'openssl req -in /tmp/u.csr -noout -text | head -8',
  'openssl req -noout': 'openssl req -in /tmp/u.csr -noout -subject',
  'openssl req -text': 'openssl req -in /tmp/u.csr -noout -text | head -8',
  'openssl genrsa': 'openssl genrsa -out /tmp/u.key 2048',
  'openssl s_client': 'echo | openssl s_client -connect 127.0.0.1:6443 -servername kubernetes 2>/dev/null | head -5',
  'openssl s_client -tls1_2': 'echo | openssl s_client -connect 127.0.0.1:6443 -tls1_2 2>&1 | head -5',
  'openssl s_client -tls1_3': 'echo | openssl s_client -connect 127.0.0.1:6443 -tls1_3 2>&1 | head -5',
  'openssl rsa': 'openssl rsa -in /tmp/u.key -check -noout; openssl rsa -noout -modulus -in /tmp/u.key | openssl md5',
  'openssl rsa -pubin':
    'openssl rsa -in /tmp/u.key -pubout -out /tmp/u.pub; openssl rsa -pubin -in /tmp/u.pub -outform der | wc -c',
  'openssl rsa -outform':
    'openssl rsa -in /tmp/u.key -pubout -out /tmp/u.pub; openssl rsa -pubin -in /tmp/u.pub -outform der | wc -c',
  'openssl md5': 'openssl rsa -noout -modulus -in /tmp/u.key | openssl md5',
  'openssl dgst': 'echo a | openssl dgst -sha256 -hex',
  'openssl verify': 'openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt',
  'openssl pkcs12':
    'openssl pkcs12 -export -out /tmp/u.p12 -inkey /tmp/t.key -in /tmp/t.crt -name web -passout pass:x; openssl pkcs12 -in /tmp/u.p12 -nokeys -passin pass:x | head -3',
  'ip route': 'ip route; ip route show',
  'ip route add': 'ip route add 10.99.0.0/24 via 192.168.56.1',
  'ip addr': 'ip addr show eth0',
  'ip link': 'ip link; ip link show eth0',
  'ip link add': 'ip link add br9 type bridge; ip addr add 10.9.9.1/24 dev br9; ip link set br9 up; ip link delete br9',
  'ip link set': 'ip link add br8 type bridge; ip link set br8 up; ip link delete br8',
  'ip link delete': 'ip link add br8 type bridge; ip link set br8 up; ip link delete br8',
  'ip addr add': 'ip link add br7 type bridge; ip addr add 10.9.8.1/24 dev br7',
  'ip netns exec': 'ip netns add blue; ip netns exec blue ip link',
  iptables:
    'iptables -t nat -L KUBE-SERVICES -n -v | head -4; iptables -A INPUT -p tcp --dport 9999 -j DROP; iptables -D INPUT -p tcp --dport 9999 -j DROP',
  'iptables -P': 'iptables -P FORWARD ACCEPT',
  'iptables -F': 'iptables -N T1; iptables -F T1',
  ipvsadm:
    'ipvsadm -A -t 10.0.0.1:80 -s rr; ipvsadm -a -t 10.0.0.1:80 -r 10.244.0.2:80 -m; ipvsadm -Ln; ipvsadm -a -t 10.0.0.1:80 -r 10.244.0.3:80 -g',
  ss: 'ss -ltnp; ss -lunp',
  netstat: 'netstat -tulpn; netstat -an | head -5',
  'curl --': 'curl -sS -k --insecure --header "X: y" https://127.0.0.1:6443/version',
  curl: 'curl -s -S -k -L -f -H "Accept: application/json" -o /tmp/v.json https://127.0.0.1:6443/version; cat /tmp/v.json',
  'curl -O': 'cd /tmp; curl -k -O https://127.0.0.1:6443/version; cd',
  'curl --remote-name-all': 'cd /tmp; curl -k --remote-name-all https://127.0.0.1:6443/version; cd',
  'curl --resolve': 'curl -k --resolve kube.example.com:6443:127.0.0.1 https://kube.example.com:6443/version',
  'curl --cacert': 'curl --cacert /etc/kubernetes/pki/ca.crt https://127.0.0.1:6443/version',
  'curl -I': 'curl -k -I https://127.0.0.1:6443/healthz; curl -k --head https://127.0.0.1:6443/healthz',
  'curl --head': 'curl -k --head https://127.0.0.1:6443/healthz',
  'curl -v': 'curl -kv https://127.0.0.1:6443/healthz',
  'curl -X': 'curl -k -X GET https://127.0.0.1:6443/healthz',
  'curl -m': 'curl -m 2 http://10.255.255.1',
  'curl -i': 'curl -ki https://127.0.0.1:6443/healthz',
  'curl -w': 'curl -sk -o /dev/null -w "%{http_code}\\n" https://127.0.0.1:6443/healthz',
  'curl --proto': "curl --proto '=https' --tlsv1.2 -sSfk https://127.0.0.1:6443/healthz",
  'curl --tlsv1.2': "curl --proto '=https' --tlsv1.2 -sSfk https://127.0.0.1:6443/healthz",
  wget: 'wget -qO- --no-check-certificate https://127.0.0.1:6443/healthz; wget -q -O /tmp/h --timeout=2 --no-check-certificate https://127.0.0.1:6443/healthz',
  'wget --spider': 'wget --spider --no-check-certificate https://127.0.0.1:6443/healthz',
  'wget -O-': 'wget -O- --no-check-certificate https://127.0.0.1:6443/healthz',
  'wget --https-only':
    'cd /tmp; wget -q --show-progress --https-only --timestamping --no-check-certificate https://127.0.0.1:6443/version; cd',
  'wget --timestamping':
    'cd /tmp; wget -q --show-progress --https-only --timestamping --no-check-certificate https://127.0.0.1:6443/version; cd',
  'wget --show-progress':
    'cd /tmp; wget -q --show-progress --https-only --timestamping --no-check-certificate https://127.0.0.1:6443/version; cd',
  'wget -i': 'echo https://127.0.0.1:6443/version > /tmp/urls; cd /tmp; wget -q --no-check-certificate -i urls; cd',
  nslookup: 'nslookup kubernetes.default.svc.cluster.local 10.96.0.10',
  dig: 'dig @10.96.0.10 kubernetes.default.svc.cluster.local +short; dig @10.96.0.10 kubernetes.default.svc.cluster.local',
  ssh: 'ssh node01 hostname; ssh -n node01 uptime',
  'ssh -i': 'ssh -i /root/.ssh/id_rsa node01 true',
  'ssh -N': 'timeout 2 ssh -N -L 9999:localhost:10250 node01',
  'ssh -L': 'timeout 2 ssh -N -L 9999:localhost:10250 node01',
  'kustomize build': 'kubectl kustomize /tmp/kust',
  vi: 'printf ":wq\\n" | vi /tmp/x.txt',
  vim: 'printf ":wq\\n" | vim /tmp/x.txt',
  nano: 'printf "\\030" | nano /tmp/x.txt',
  cat: 'cat /etc/hosts',
  grep: 'grep -i -A3 -B2 -C1 name /etc/os-release; grep -v x /etc/hosts | grep -E "a|b" | grep -c o; grep -5 o /etc/hosts; grep -o -m1 -e local /etc/hosts; grep -q x /etc/hosts; grep -x a /etc/hosts',
  awk: "awk '{print $1}' /etc/hosts; awk -F: '{print $1}' /etc/passwd | head -2",
  sed: "echo aba > /tmp/s; sed -i 's/a/b/g' /tmp/s; sed -e s/b/c/ -e s/c/d/ /tmp/s; sed -n 1p /tmp/s; sed -E 's/(b+)/<\\1>/' /tmp/s",
  jq: `echo '{"a":[1,2]}' | jq .; echo '{"a":"x"}' | jq -r .a; echo '{"a":[1,2]}' | jq -c '.a|map(.+1)'`,
  tee: 'echo a | tee /tmp/t1; echo b | tee -a /tmp/t1',
  true: 'true',
  head: 'head -3 /etc/passwd; head -n 2 /etc/passwd; head -c 5 /etc/passwd',
  base64: 'echo -n secret | base64; echo c2VjcmV0 | base64 -d; echo c2VjcmV0 | base64 --decode',
  echo: 'echo -e "a\\tb"; echo -n x',
  tail: 'tail -2 /etc/passwd; tail -n 1 /etc/passwd',
  tr: 'echo abc | tr -d b; echo abc | tr a-z A-Z',
  lsmod: 'lsmod | grep br_netfilter',
  cut: 'cut -d: -f1 /etc/passwd | head -2; echo "a b" | cut -d" " -f2',
  ps: 'ps aux | head -3; ps -ef | head -3',
  wc: 'wc -l /etc/passwd; wc /etc/hosts',
  bash: 'bash -c "echo hi"; echo "echo \\$0" > /tmp/a.sh; bash /tmp/a.sh',
  more: 'more /etc/hosts | head -3',
  export: 'export do="--dry-run=client -o yaml"; kubectl create cm x $do',
  watch: 'timeout 3 watch -n 1 kubectl get nodes',
  python3: `python3 -c 'print(1)'; kubectl get nodes -o json | python3 -m json.tool | head -3`,
  sh: 'sh -c "echo hi"',
  sort: 'printf "3\\n1\\n2\\n" | sort -n; sort /etc/passwd | head -2',
  date: 'date; date +%s',
  sleep: 'sleep 1',
  hexdump: 'echo abc | hexdump -C',
  'iptables-save': 'iptables-save | grep -c KUBE',
  hostname: 'hostname; hostname -i; hostname -f',
  less: 'less /etc/hosts | head -3',
  xargs: 'echo a b | xargs -n 1 echo',
  tar: 'cd /tmp; tar czf a.tgz a.sh; tar tzf a.tgz; tar -xzvf a.tgz; cd',
  uniq: 'printf "a\\na\\nb\\n" | uniq -c',
  chmod: 'chmod +x /tmp/a.sh; chmod 600 /tmp/a.sh',
  containerd: 'containerd --version; containerd config default | head -3',
  source: 'echo X=1 > /tmp/env; source /tmp/env; echo $X',
  dpkg: 'dpkg -l | grep kube; dpkg --print-architecture',
  read: 'echo v | { read x; echo $x; }',
  scp: 'scp /tmp/a.sh node01:/tmp/; scp node01:/tmp/a.sh /tmp/b.sh',
  uname: 'uname -a; uname -r; uname -m',
  seq: 'seq 3',
  mkdir: 'mkdir -p /tmp/x/y',
  mv: 'mv /tmp/b.sh /tmp/c.sh',
  exit: 'bash -c "exit 0"',
  ifconfig: 'ifconfig eth0',
  'apt-get': 'apt-get update',
}

const internet = 'needs the Internet'
export const LEFT_OUT: LeftOut = Object.fromEntries([
  ...Object.keys(features.tools)
    .filter((f) => f.startsWith('helm'))
    .map((f) => [f, 'helm works on repositories in the Internet; `notready serve` lets the real one in']),
  ...['istioctl', 'linkerd', 'cosign', 'gpg', 'apt-key'].map((f) => [f, internet]),
  ...Object.keys(features.tools)
    .filter((f) =>
      /^kubeadm alpha|^kubeadm init phase upload-certs --upload|^etcdctl save|^kubelet --|^systemctl stop --user|^curl -HHost/.test(
        f,
      ),
    )
    .map((f) => [f, 'not in this release, or flags that nobody types by themselves']),
])

function toolCases(): Case[] {
  const keys = Object.keys(LINES).sort((a, b) => b.length - a.length)
  const byLine = new Map<string, string[]>()
  for (const feature of Object.keys(features.tools)) {
    if (LEFT_OUT[feature]) continue
    const key = keys.find(
      (k) => feature === k || feature.startsWith(`${k} `) || (k.endsWith('--') && feature.startsWith(k)),
    )
    if (!key) continue
    byLine.set(LINES[key], [...(byLine.get(LINES[key]) ?? []), feature])
  }
  return [...byLine].map(([line, list]) => ({ features: list, line }))
}

const SHELL: Readonly<Record<string, string>> = {
  pipe: 'kubectl get nodes | grep Ready | wc -l',
  'variable $x': 'x=web; echo $x',
  'redirect >': 'kubectl get nodes > /tmp/n; cat /tmp/n',
  heredoc: "cat <<EOF > /tmp/h.yaml\na: $HOME\nEOF\ncat /tmp/h.yaml; cat <<'EOF'\n$HOME\nEOF",
  'command-subst $( )': 'echo $(kubectl get nodes -o name | head -1)',
  assignment: 'NS=shop; A=1 B=2 env | grep ^A=',
  '||': 'false || echo no',
  'param ${ }': 'x=a; echo ${x}b',
  'redirect 2>&': 'ls /nope 2>&1 | head -1',
  ';': 'echo a; echo b',
  glob: 'ls /etc/kubernetes/manifests/*.yaml',
  'redirect 2>': 'ls /nope 2> /dev/null; ls /nope 2>/tmp/err',
  'subshell ( )': '(cd /tmp && pwd)',
  '&&': 'true && echo yes',
  'background &': 'sleep 2 & jobs; wait',
  'for-loop': 'for i in 1 2 3; do echo $i; done; for ((i=0;i<2;i++)); do echo $i; done',
  'brace-expansion': 'echo a{1..3} {x,y}',
  'redirect >>': 'echo a >> /tmp/l',
  'redirect <': 'wc -l < /etc/passwd',
  'while …':
    'i=0; while [ $i -lt 2 ]; do echo $i; i=$((i+1)); done; kubectl get nodes -o name | while read n; do echo "<$n>"; done',
  'param-op ${x:…}': 'echo ${NOPE:-default} ${HOME:0:3} ${HOME##*/} ${HOME%/*}',
  'process-subst <( )': 'diff <(echo a) <(echo a)',
  'group { }': '{ echo a; echo b; } | tail -1',
  'if …': 'if [ -f /etc/hosts ]; then echo yes; else echo no; fi',
  'until …': 'i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i',
  '! negation': '! false && echo ok',
  'positional params': 'f() { echo $1 $# "$@"; }; f a b',
  'here-string <<<': 'grep a <<< abc',
  "$'' quoting": "echo $'a\\tb'",
}

const POD = 'kubectl exec box --'
const INSIDE: Readonly<Record<string, string>> = {
  sh: `${POD} sh -c 'for i in 1 2; do echo $i; done; [ -d /tmp ] && echo dir'`,
  sleep: `${POD} sleep 1`,
  wget: `${POD} wget -qO- -T 2 http://web; ${POD} wget --spider --timeout=1 http://web; ${POD} wget -O- web`,
  curl: 'kubectl exec web -- curl -s -m 2 http://localhost; kubectl exec web -- curl -sI localhost',
  nslookup: `${POD} nslookup web; ${POD} nslookup kubernetes.default.svc.cluster.local`,
  cat: `${POD} cat /etc/resolv.conf /var/run/secrets/kubernetes.io/serviceaccount/namespace`,
  echo: `${POD} echo hi`,
  ls: `${POD} ls -la /; kubectl exec web -- ls /usr/share/nginx/html`,
  bash: 'kubectl exec web -- bash -c "echo $((1+1)); cat < /dev/null > /dev/tcp/127.0.0.1/80 && echo open"',
  ping: `${POD} ping -c 2 web`,
  env: `${POD} env; kubectl exec web -- env`,
  date: `${POD} date`,
  nc: `${POD} nc -zv -w 2 web 80; ${POD} nc -z web 80`,
  etcdctl: `kubectl -n kube-system exec etcd-controlplane -- etcdctl ${CERTS} member list`,
  printenv: 'kubectl exec web -- printenv KUBERNETES_SERVICE_HOST',
  true: `${POD} true`,
  id: `${POD} id; kubectl exec web -- id nginx`,
  touch: `${POD} touch /tmp/x`,
  df: `${POD} df -h; kubectl exec web -- df -h /`,
  tail: `${POD} tail -1 /etc/passwd`,
  ip: `${POD} ip a; ${POD} ip route`,
  ps: `${POD} ps; ${POD} ps aux`,
  nginx: 'kubectl exec web -- nginx -v; kubectl exec web -- nginx -t; kubectl exec web -- nginx -s reload',
  netstat: `${POD} netstat -tln`,
  whoami: `${POD} whoami`,
  du: `${POD} du -sh /tmp`,
  mount: `${POD} mount`,
  'bin/sh': `${POD} /bin/sh -c 'echo hi'`,
  ash: 'kubectl exec alp -- ash -c "echo hi"',
  psql: 'kubectl exec db -- psql -U postgres -c "select 1"',
  mysql: 'kubectl exec my -- mysql -uroot -ppw -e "show databases"',
  mongo: 'kubectl exec mo -- mongo --eval "db.stats()"',
}

const INSIDE_LEFT_OUT: LeftOut = {
  'inside: etcd': 'a server',
  'inside: kube-apiserver': 'a server',
  'inside: color': 'an argument',
  'inside: mongo': 'mongosh since 6.0',
}

const PIPES_LEFT_OUT: LeftOut = { 'pipe: | linkerd | kubectl': internet }
const pipeLine = (pipe: string): string => {
  const words: Record<string, string> = {
    grep: 'grep name',
    kubectl: 'kubectl apply -f -',
    base64: 'base64',
    jq: 'jq .metadata',
    python3: 'python3 -m json.tool',
    awk: "awk '{print $1}'",
    cut: 'cut -d: -f1',
    tr: "tr -d '\\n'",
    wc: 'wc -l',
    sed: 's',
    tail: 'tail -2',
    head: 'head -3',
    uniq: 'uniq -c',
    egrep: 'egrep name',
    xargs: 'xargs echo',
  }
  words.sed = "sed 's/zz/yy/'"
  const parts = pipe
    .split('|')
    .map((w) => w.trim())
    .filter(Boolean)
  const source = `kubectl get cm web -o ${parts.includes('jq') || parts.includes('python3') ? 'json' : 'yaml'}`
  const last = parts.at(-1)
  return last === 'kubectl' && parts.includes('grep')
    ? 'kubectl get pods -o name | grep nope | xargs -r kubectl delete'
    : [source, ...parts.map((w) => words[w] ?? w)].join(' | ')
}

const cases = (prefix: string, names: object, line: (name: string) => string | undefined, out: LeftOut = {}): Case[] =>
  Object.keys(names).flatMap((name) => {
    const text = out[`${prefix}${name}`] ? undefined : line(name)
    return text === undefined ? [] : [{ features: [`${prefix}${name}`], line: text }]
  })

const IMAGE_LEFT_OUT: LeftOut = {
  'image: kindest/node': 'a node, not a pod',
  'image: kindest/node:v1.32.3': 'a node, not a pod',
  'image: nvidia/cuda': 'needs a GPU',
}

/** An image is known when its pod does not end in ErrImagePull and says nothing of simulations. */
const imageLine = (name: string): string =>
  `kubectl run img --image=${name} >/dev/null; sleep 15; kubectl get pod img --no-headers; kubectl logs img --tail=3; kubectl delete pod img --now >/dev/null`

const OBJECTS = `
kubectl run web --image=nginx --port=80 --expose; kubectl run box --image=busybox -- sleep 1d; kubectl run alp --image=alpine -- sleep 1d
kubectl run db --image=postgres:15 --env=POSTGRES_PASSWORD=pw; kubectl run my --image=mysql --env=MYSQL_ROOT_PASSWORD=pw
kubectl create cm web --from-literal=a=b; kubectl wait --for=condition=Ready pod --all --timeout=90s; sleep 20`
const KUST = `mkdir -p /tmp/kust; kubectl create cm c --from-literal=a=b --dry-run=client -o yaml > /tmp/kust/cm.yaml; printf 'resources: [cm.yaml]\\n' > /tmp/kust/kustomization.yaml`

export const TOOL_LEFT_OUT: LeftOut = { ...LEFT_OUT, ...INSIDE_LEFT_OUT, ...PIPES_LEFT_OUT, ...IMAGE_LEFT_OUT }

export function toolFeatures(): Record<string, number> {
  const prefixed = (prefix: string, names: object): [string, number][] =>
    Object.entries(names).map(([name, n]) => [`${prefix}${name}`, n as number])
  return Object.fromEntries([
    ...prefixed('', features.tools),
    ...prefixed('shell: ', features.shell),
    ...prefixed('pipe: ', features.pipes),
    ...prefixed('inside: ', features.inside),
    ...prefixed('image: ', features.images),
  ])
}

export const toolGroups = (): Group[] => [
  {
    name: 'tools',
    cluster: 'default',
    before: `${KUST}; openssl genrsa -out /tmp/u.key 2048; openssl req -new -key /tmp/u.key -out /tmp/u.csr -subj /CN=u`,
    cases: toolCases(),
  },
  {
    name: 'shell and containers',
    cluster: 'default',
    before: OBJECTS,
    cases: [
      ...cases('shell: ', features.shell, (name) => SHELL[name]),
      ...cases('pipe: ', features.pipes, pipeLine, PIPES_LEFT_OUT),
      ...cases('inside: ', features.inside, (name) => INSIDE[name], INSIDE_LEFT_OUT),
    ],
  },
  {
    name: 'images',
    cluster: 'single',
    before: '',
    cases: cases('image: ', features.images, imageLine, IMAGE_LEFT_OUT),
  },
]
