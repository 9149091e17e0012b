import type { Case, Group, LeftOut } from './case.ts'
import features from './features.json' with { type: 'json' }

type Verbs = Record<string, { n: number; kinds: Record<string, number>; flags: Record<string, number> }>

/** What a flag adds to a verb's line, unless the verb has words of its own for it. */
const FLAGS: Readonly<Record<string, string>> = {
  '--namespace': '-n shop',
  '-o yaml': '-o yaml',
  '-o json': '-o json',
  '-o name': '-o name',
  '-o wide': '-o wide',
  '-o jsonpath': "-o jsonpath='{.metadata.name}'",
  '--dry-run=client': '--dry-run=client',
  '--dry-run=server': '--dry-run=server',
  '--dry-run': '--dry-run',
  '--selector': '-l app=web',
  '--all-namespaces': '-A',
  '--kubeconfig': '--kubeconfig /etc/kubernetes/admin.conf',
  '--context': '--context kubernetes-admin@kubernetes',
  '--user': '--user kubernetes-admin',
  '--v': '-v=6',
  '--record': '--record',
  '--help': '--help',
  '--no-headers': '--no-headers',
  '--all': '--all',
  '--force': '--force',
  '--overwrite': '--overwrite',
  '--timeout': '--timeout=60s',
  '--as': '--as=jane',
  '--as-group': '--as=jane --as-group=dev',
}

interface Verb {
  readonly line: string
  /** The line for a kind, when it is not `line` with `KIND` and `NAME` replaced. */
  readonly kinds?: Readonly<Record<string, string>>
  /** Words that a flag adds, or with a leading `=` the whole line. */
  readonly flags?: Readonly<Record<string, string>>
}

/** Everything is called `web`, except: */
const NAMES: Readonly<Record<string, string>> = {
  nodes: 'node01',
  pods: 'box',
  namespaces: 'shop',
  customresourcedefinitions: 'widgets.example.com',
  events: '',
  certificatesigningrequests: 'jane',
  '(custom/other)': 'web',
  all: '',
  componentstatuses: '',
  endpointslices: '',
  apiservices: '',
  flowschemas: '',
  csidrivers: '',
  validatingwebhookconfigurations: '',
}
const resource = (kind: string): string => (kind === '(custom/other)' ? 'widgets' : kind)

const run = (rest: string): string => `=kubectl run r$RANDOM --image=busybox ${rest}`
const yaml = (kind: string): string =>
  `=kubectl -n shop get ${kind} -o yaml > /tmp/x.yaml; kubectl apply -f /tmp/x.yaml`

const VERBS: Readonly<Record<string, Verb>> = {
  get: {
    line: 'kubectl -n shop get KIND',
    flags: {
      '-o jsonpath': `=kubectl get pods -n shop -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'`,
      '--watch': '=timeout 3 kubectl get pods -n shop -w',
      '--show-labels': '--show-labels',
      '--sort-by': '--sort-by=.metadata.creationTimestamp',
      '--field-selector': '--field-selector=status.phase=Running',
      '-o custom-columns': '-o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName',
      '--label-columns': '-L app',
      '-o go-template': "-o go-template='{{range .items}}{{.metadata.name}} {{end}}'",
      '--template': "--template='{{len .items}}' -o go-template",
      '--server': '--server https://192.168.56.10:6443',
      '--output-watch-events': '=timeout 3 kubectl get pods -n shop -w --output-watch-events',
    },
  },
  apply: {
    line: 'kubectl apply -f /tmp/objects.yaml',
    kinds: {
      '(-f file)': '=kubectl apply -f /tmp/objects.yaml',
      '(-f -)': '=cat /tmp/objects.yaml | kubectl apply -f -',
      '(-k)': '=kubectl apply -k /tmp/kust',
      '(-f dir)': '=kubectl apply -f /tmp/dir/',
      ...Object.fromEntries(
        'deployments networkpolicies services (custom/other) pods roles ingresses persistentvolumeclaims configmaps jobs resourcequotas gateways daemonsets statefulsets httproutes cronjobs poddisruptionbudgets'
          .split(' ')
          .map((kind) => [kind, yaml(`${resource(kind)}${kind === 'pods' ? ' box' : ''}`)]),
      ),
      ...Object.fromEntries(
        'clusterroles clusterrolebindings priorityclasses gatewayclasses certificatesigningrequests'
          .split(' ')
          .map((kind) => [kind, yaml(`${kind} ${NAMES[kind] ?? 'web'}`)]),
      ),
    },
    flags: {
      '--filename': '',
      '--namespace': '=kubectl apply -n shop -f /tmp/pod.yaml',
      '--kustomize': '=kubectl apply -k /tmp/kust',
      '--server-side': '--server-side --force-conflicts',
      '--force-conflicts': '--server-side --force-conflicts',
    },
  },
  describe: {
    line: 'kubectl -n shop describe KIND NAME',
    flags: { '--selector': '=kubectl describe pods -n shop -l app=web' },
  },
  delete: {
    line: 'kubectl -n shop delete KIND NAME --wait=false',
    kinds: {
      '(-f file)': '=kubectl apply -f /tmp/pod.yaml; kubectl delete -f /tmp/pod.yaml',
      '(-k)': '=kubectl delete -k /tmp/kust',
      namespaces: '=kubectl create ns gone; kubectl delete ns gone',
      nodes: '=kubectl delete node node02',
    },
    flags: {
      '--namespace': '=kubectl delete pod nope -n shop',
      '--filename': '=kubectl apply -f /tmp/pod.yaml; kubectl delete -f /tmp/pod.yaml',
      '--ignore-not-found': '=kubectl delete pod nope --ignore-not-found',
      '--force': '=kubectl run f --image=nginx; kubectl delete pod f --force --grace-period=0',
      '--all': '=kubectl delete pods --all -n default',
      '--wait': '=kubectl delete pods nope --wait=false',
      '--selector': '=kubectl delete pods -l app=none',
      '--grace-period': '=kubectl run f --image=nginx; kubectl delete pod f --grace-period=1',
      '--field-selector': '=kubectl delete pods -A --field-selector=status.phase=Failed',
      '--cascade=orphan': '=kubectl create deploy orphan --image=nginx; kubectl delete deploy orphan --cascade=orphan',
      '--now': '=kubectl run f --image=nginx; kubectl delete pod f --now',
      '--kustomize': '=kubectl delete -k /tmp/kust --ignore-not-found',
      '--kubeconfig': '=kubectl delete pod nope --kubeconfig /etc/kubernetes/admin.conf',
      '--user': '=kubectl delete pod nope --user kubernetes-admin',
    },
  },
  run: {
    line: 'kubectl run r$RANDOM --image=nginx',
    flags: {
      '--image': '',
      '--': run('-- sleep 5'),
      '--restart=Never': run('--restart=Never -- date'),
      '--restart=OnFailure': run('--restart=OnFailure -- date'),
      '--restart=Always': run('--restart=Always -- sleep 100'),
      '--stdin': run('-i --rm --restart=Never -- date'),
      '--tty': run('-it --rm --restart=Never -- date'),
      '--rm': run('--rm -it --restart=Never -- wget -qO- -T 5 http://web.shop'),
      '--port': '--port=80',
      '--labels': '--labels=app=x,tier=y',
      '--command': run('--command -- sh -c "echo hi"'),
      '--expose': '--port=80 --expose',
      '--env': '--env=COLOR=blue',
      '-o yaml': '--dry-run=client -o yaml',
      '-o jsonpath': "--dry-run=client -o jsonpath='{.metadata.name}'",
      '--overrides': `--overrides='{"spec":{"nodeName":"node01"}}'`,
    },
  },
  exec: {
    line: 'kubectl -n shop exec box -- date',
    kinds: { deployments: '=kubectl -n shop exec deploy/web -- date' },
    flags: {
      '--': '',
      '--stdin': '=echo "echo hi" | kubectl -n shop exec -i box -- sh',
      '--tty': '=kubectl -n shop exec -it box -- date',
      '--container': '=kubectl -n shop exec box -c box -- date',
      '--kubeconfig': '=kubectl --kubeconfig /etc/kubernetes/admin.conf -n shop exec box -- date',
      '--namespace': '=kubectl exec -n shop box -- date',
    },
  },
  logs: {
    line: 'kubectl -n shop logs box',
    kinds: {
      deployments: '=kubectl -n shop logs deploy/web',
      jobs: '=kubectl -n shop logs job/web',
      daemonsets: '=kubectl -n shop logs ds/web',
    },
    flags: {
      '--container': '-c box',
      '--selector': '=kubectl -n shop logs -l app=web',
      '--tail': '--tail=2',
      '--follow': '=timeout 3 kubectl -n shop logs -f box',
      '--previous': '--previous',
      '--all-containers': '--all-containers',
      '--since': '--since=1m',
      '--insecure-skip-tls-verify-backend': '--insecure-skip-tls-verify-backend',
      '--prefix': '--prefix',
    },
  },
  'create -f': {
    line: 'kubectl create -f /tmp/pod.yaml; kubectl delete -f /tmp/pod.yaml --now',
    kinds: {
      '(-f dir)': '=kubectl create -f /tmp/dir',
      '(-f -)': '=cat /tmp/pod.yaml | kubectl create -f -; kubectl delete -f /tmp/pod.yaml --now',
      ingresses: '=kubectl -n shop get ing web -o yaml | sed "s/name: web/name: web2/" | kubectl create -f -',
      networkpolicies: '=kubectl -n shop get netpol web -o yaml | sed "s/name: web/name: web2/" | kubectl create -f -',
      roles: '=kubectl -n shop get role web -o yaml | sed "s/name: web/name: web2/" | kubectl create -f -',
      '(custom/other)': '=kubectl -n shop get widget web -o yaml | sed "s/name: web/name: web2/" | kubectl create -f -',
    },
    flags: {
      '--filename': '',
      '--namespace': '=kubectl create -n shop -f /tmp/pod.yaml',
      '--kubeconfig': '=kubectl create --kubeconfig /etc/kubernetes/admin.conf --dry-run=server -f /tmp/pod.yaml',
      '--context': '=kubectl create --context kubernetes-admin@kubernetes --dry-run=client -f /tmp/pod.yaml',
      '--record': '=kubectl create --record --dry-run=client -f /tmp/pod.yaml',
      '--validate': '=kubectl create --validate=false --dry-run=client -f /tmp/pod.yaml',
    },
  },
  'create namespace': { line: 'kubectl create namespace n$RANDOM', flags: { '-o yaml': '--dry-run=client -o yaml' } },
  'rollout status': {
    line: 'kubectl -n shop rollout status deploy/web',
    kinds: {
      daemonsets: '=kubectl -n shop rollout status ds/web',
      statefulsets: '=kubectl -n shop rollout status sts web',
    },
  },
  patch: {
    line: `kubectl -n shop patch deploy web -p '{"metadata":{"labels":{"x":"y"}}}'`,
    kinds: {
      ...Object.fromEntries(
        'services cronjobs storageclasses persistentvolumes configmaps statefulsets serviceaccounts poddisruptionbudgets resourcequotas'
          .split(' ')
          .map((kind) => [kind, `=kubectl -n shop patch ${kind} web -p '{"metadata":{"labels":{"x":"y"}}}'`]),
      ),
      pods: `=kubectl -n shop patch pod box -p '{"metadata":{"labels":{"x":"y"}}}'`,
      '(custom/other)': `=kubectl -n shop patch widget web --type=merge -p '{"spec":{"size":5}}'`,
      verticalpodautoscalers: `=kubectl -n shop patch vpa web --type=merge -p '{"spec":{"size":5}}'`,
    },
    flags: {
      '--patch': '',
      '--type=merge': '--type=merge',
      '--type=strategic': '--type=strategic',
      '--type=json': `=kubectl -n shop patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":2}]'`,
      '--subresource': `=kubectl -n shop patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`,
    },
  },
  'create deployment': {
    line: 'kubectl create deployment d$RANDOM --image=nginx',
    flags: {
      '--image': '',
      '--replicas': '--replicas=2',
      '-o yaml': '--dry-run=client -o yaml',
      '--port': '--port=80',
      '--': '-- sleep 100',
    },
  },
  'auth can-i': {
    line: 'kubectl auth can-i list KIND',
    kinds: { '(custom/other)': '=kubectl auth can-i get widgets' },
    flags: {
      '--as': '--as=system:serviceaccount:shop:web',
      '--list': '=kubectl auth can-i --list',
      '--subresource': '=kubectl auth can-i get pods --subresource=log',
    },
  },
  expose: {
    line: 'kubectl -n shop expose deploy web --name=e$RANDOM --port=80',
    kinds: {
      pods: '=kubectl -n shop expose pod box --name=e$RANDOM --port=80',
      replicationcontrollers: '=kubectl -n shop expose rc web --name=e$RANDOM --port=80',
      services: '=kubectl -n shop expose svc web --name=e$RANDOM --port=80',
      replicasets: '=kubectl -n shop expose rs web --name=e$RANDOM --port=80',
      '(-f file)': '=kubectl expose -f /tmp/pod.yaml --port=80 --dry-run=client',
    },
    flags: {
      '--port': '',
      '--name': '',
      '--target-port': '--target-port=8080',
      '--type=NodePort': '--type=NodePort',
      '--type=LoadBalancer': '--type=LoadBalancer',
      '--type=ClusterIP': '--type=ClusterIP',
      '-o yaml': '--dry-run=client -o yaml',
      '--protocol': '--protocol=TCP',
      '--filename': '=kubectl expose -f /tmp/pod.yaml --port=80 --dry-run=client',
    },
  },
  label: {
    line: 'kubectl -n shop label pod box tier=front --overwrite',
    kinds: {
      nodes: '=kubectl label node node01 disk=ssd; kubectl label node node01 disk-',
      namespaces: '=kubectl label ns shop env=dev --overwrite',
      deployments: '=kubectl -n shop label deploy web tier=front --overwrite',
    },
    flags: {
      '--all': '=kubectl -n shop label pods --all seen=1 --overwrite',
      '--selector': '=kubectl -n shop label pods -l app=web seen=2 --overwrite',
    },
  },
  edit: {
    line: 'KUBE_EDITOR="sed -i s/blue/green/" kubectl -n shop edit KIND NAME',
    flags: { '--namespace': '=KUBE_EDITOR="sed -i s/green/blue/" kubectl edit cm web -n shop' },
  },
  'create configmap': {
    line: 'kubectl create configmap c$RANDOM --from-literal=a=b',
    flags: {
      '--from-literal': '',
      '--from-file': '=kubectl create cm c$RANDOM --from-file=/tmp/app.env --from-file=key=/tmp/app.env',
      '--from-env-file': '=kubectl create cm c$RANDOM --from-env-file=/tmp/app.env',
      '-o yaml': '--dry-run=client -o yaml',
    },
  },
  scale: {
    line: 'kubectl -n shop scale deploy web --replicas=2',
    kinds: {
      statefulsets: '=kubectl -n shop scale sts web --replicas=2',
      replicasets: '=kubectl -n shop scale rs web --replicas=2',
      replicationcontrollers: '=kubectl -n shop scale rc web --replicas=2',
      '(-f file)': '=kubectl -n shop get deploy web -o yaml > /tmp/d.yaml; kubectl scale -f /tmp/d.yaml --replicas=2',
    },
    flags: {
      '--replicas': '',
      '--filename': '=kubectl -n shop get deploy web -o yaml > /tmp/d.yaml; kubectl scale -f /tmp/d.yaml --replicas=2',
    },
  },
  'port-forward': {
    line: 'kubectl -n shop port-forward svc/web 8081:80 & sleep 2; curl -s localhost:8081 | head -4; kill %1',
    kinds: {
      pods: '=kubectl -n shop port-forward pod/box 8082:80 & sleep 1; kill %1',
      deployments: '=kubectl -n shop port-forward deploy/web 8083:80 & sleep 1; kill %1',
      replicasets: '=kubectl -n shop port-forward rs/web 8084:80 & sleep 1; kill %1',
    },
    flags: {
      '--namespace': '=kubectl port-forward -n shop svc/web 8085:80 & sleep 1; kill %1',
      '--address': '=kubectl -n shop port-forward --address 0.0.0.0 svc/web 8086:80 & sleep 1; kill %1',
    },
  },
  'create secret generic': {
    line: 'kubectl create secret generic s$RANDOM --from-literal=a=b',
    flags: {
      '--from-literal': '',
      '--from-file': '=kubectl create secret generic s$RANDOM --from-file=/tmp/app.env',
      '--from-env-file': '=kubectl create secret generic s$RANDOM --from-env-file=/tmp/app.env',
      '-o yaml': '--dry-run=client -o yaml',
    },
  },
  'top pod': {
    line: 'kubectl top pod -n shop',
    flags: { '--sort-by': '--sort-by=cpu', '--containers': '--containers', '--namespace': '' },
  },
  'top node': { line: 'kubectl top node', flags: { '--sort-by': '--sort-by=memory' } },
  'top pod/node': { line: 'kubectl top nodes; kubectl top pods', kinds: { '(custom/other)': '=kubectl top pods -A' } },
  'config set-context': {
    line: 'kubectl config set-context dev --cluster=kubernetes --user=kubernetes-admin --namespace=shop',
    flags: {
      '--namespace': '',
      '--cluster': '',
      '--user': '',
      '--current': '=kubectl config set-context --current --namespace=default',
      '--kubeconfig': '--kubeconfig=/tmp/kc',
    },
  },
  'config use-context': {
    line: 'kubectl config use-context kubernetes-admin@kubernetes',
    flags: { '--kubeconfig': '=kubectl config use-context dev --kubeconfig=/tmp/kc' },
  },
  taint: {
    line: 'kubectl taint node node01 k=v:NoSchedule; kubectl taint node node01 k-',
    flags: {
      '--all': '=kubectl taint nodes --all k=v:PreferNoSchedule; kubectl taint nodes --all k-',
      '--overwrite': '=kubectl taint node node01 k=v:NoSchedule --overwrite; kubectl taint node node01 k:NoSchedule-',
    },
  },
  'set image': {
    line: 'kubectl -n shop set image deploy/web nginx=nginx:1.28',
    kinds: {
      pods: '=kubectl -n shop set image pod/box box=busybox:1.37',
      '(custom/other)': '=kubectl -n shop set image deploy web *=nginx:1.27',
    },
  },
  'rollout history': {
    line: 'kubectl -n shop rollout history deploy/web',
    kinds: { daemonsets: '=kubectl -n shop rollout history ds/web' },
    flags: { '--revision': '--revision=1' },
  },
  'rollout undo': { line: 'kubectl -n shop rollout undo deploy/web', flags: { '--to-revision': '--to-revision=1' } },
  'rollout restart': {
    line: 'kubectl -n shop rollout restart deploy/web',
    kinds: { daemonsets: '=kubectl -n shop rollout restart ds/web' },
  },
  'rollout pause': { line: 'kubectl -n shop rollout pause deploy/web' },
  'rollout resume': { line: 'kubectl -n shop rollout resume deploy/web' },
  'config view': {
    line: 'kubectl config view',
    flags: {
      '-o jsonpath': "-o jsonpath='{.users[*].name}'",
      '--raw': '--raw',
      '--minify': '--minify',
      '--flatten': '--flatten',
      '--merge': '--merge',
    },
  },
  'config set-credentials': {
    line: 'kubectl config set-credentials jane --client-certificate=/tmp/jane.crt --client-key=/tmp/jane.key',
    flags: {
      '--client-key': '',
      '--client-certificate': '',
      '--embed-certs': '--embed-certs=true',
      '--username': '=kubectl config set-credentials bob --username=bob --password=pw',
      '--password': '=kubectl config set-credentials bob --username=bob --password=pw',
      '--token': '=kubectl config set-credentials tok --token=abc',
      '--kubeconfig': '--kubeconfig=/tmp/kc',
    },
  },
  'config set-cluster': {
    line: 'kubectl config set-cluster other --server=https://192.168.56.10:6443 --certificate-authority=/etc/kubernetes/pki/ca.crt',
    flags: {
      '--server': '',
      '--certificate-authority': '',
      '--embed-certs': '--embed-certs=true',
      '--kubeconfig': '--kubeconfig=/tmp/kc',
    },
  },
  'config get-contexts': { line: 'kubectl config get-contexts' },
  'config current-context': { line: 'kubectl config current-context' },
  'config get-clusters': { line: 'kubectl config get-clusters' },
  'config get-users': { line: 'kubectl config get-users' },
  'config delete-context': { line: 'kubectl config delete-context dev' },
  'config delete-cluster': { line: 'kubectl config delete-cluster other' },
  'config rename-context': {
    line: 'kubectl config set-context a1 --cluster=kubernetes; kubectl config rename-context a1 a2',
    flags: { '--kubeconfig': '=kubectl config rename-context dev dev2 --kubeconfig=/tmp/kc' },
  },
  'create role': {
    line: 'kubectl create role r$RANDOM --verb=get,list --resource=pods',
    flags: {
      '--verb': '',
      '--resource': '',
      '--resource-name': '--resource-name=box',
      '-o yaml': '--dry-run=client -o yaml',
    },
  },
  'create clusterrole': {
    line: 'kubectl create clusterrole r$RANDOM --verb=get --resource=nodes',
    flags: { '--verb': '', '--resource': '' },
  },
  'create rolebinding': {
    line: 'kubectl -n shop create rolebinding r$RANDOM --role=web --serviceaccount=shop:web',
    flags: {
      '--role': '',
      '--serviceaccount': '',
      '--user': '--user=jane',
      '-o yaml': '--dry-run=client -o yaml',
    },
  },
  'create clusterrolebinding': {
    line: 'kubectl create clusterrolebinding r$RANDOM --clusterrole=view --user=jane',
    flags: {
      '--clusterrole': '',
      '--user': '',
      '--serviceaccount': '--serviceaccount=shop:web',
      '--group': '--group=devs',
      '-o yaml': '--dry-run=client -o yaml',
    },
  },
  'create serviceaccount': {
    line: 'kubectl create serviceaccount s$RANDOM',
    flags: { '-o yaml': '--dry-run=client -o yaml' },
  },
  explain: {
    line: 'kubectl explain KIND',
    kinds: { '(custom/other)': '=kubectl explain widgets.spec' },
    flags: { '--recursive': '=kubectl explain pod.spec.containers --recursive' },
  },
  wait: {
    line: 'kubectl -n shop wait --for=condition=Ready pod/box --timeout=60s',
    kinds: {
      jobs: '=kubectl -n shop wait --for=condition=complete job/web --timeout=60s',
      deployments: '=kubectl -n shop wait --for=condition=available deploy/web --timeout=60s',
      nodes: '=kubectl wait --for=condition=Ready node/node01 --timeout=30s',
    },
    flags: {
      '--timeout': '',
      '--namespace': '',
      '--selector': '=kubectl -n shop wait --for=condition=ready pod -l app=web --timeout=60s',
      '--all': '=kubectl -n kube-system wait --for=condition=ready pod --all --timeout=60s',
    },
  },
  version: { line: 'kubectl version', flags: { '--client': '--client' } },
  drain: {
    line: 'kubectl drain node01 --ignore-daemonsets',
    flags: {
      '--ignore-daemonsets': '',
      '--delete-emptydir-data': '--delete-emptydir-data',
      '--force': '--force',
    },
  },
  uncordon: { line: 'kubectl uncordon node01' },
  cordon: { line: 'kubectl cordon node01; kubectl uncordon node01' },
  'create secret tls': {
    line: 'kubectl create secret tls t$RANDOM --cert=/tmp/jane.crt --key=/tmp/jane.key',
    flags: { '--key': '', '--cert': '' },
  },
  'set resources': {
    line: 'kubectl -n shop set resources deploy web --requests=cpu=60m --limits=cpu=200m',
    kinds: {
      pods: '=kubectl set resources -f /tmp/pod.yaml --limits=cpu=1 --local -o yaml',
      '(-f -)': '=cat /tmp/pod.yaml | kubectl set resources -f - --limits=cpu=1 --local -o yaml',
    },
    flags: {
      '--requests': '',
      '--limits': '',
      '--containers': '--containers=nginx',
      '--local': '=kubectl set resources -f /tmp/pod.yaml --limits=cpu=1 --local -o yaml',
      '--filename': '=kubectl set resources -f /tmp/pod.yaml --limits=cpu=1 --local -o yaml',
    },
  },
  'cluster-info': { line: 'kubectl cluster-info' },
  'cluster-info dump': { line: 'kubectl cluster-info dump | head -5' },
  'api-resources': {
    line: 'kubectl api-resources',
    flags: {
      '--namespaced': '--namespaced=true',
      '--api-group': '--api-group=apps',
      '--verbs': '--verbs=list',
    },
  },
  'api-versions': { line: 'kubectl api-versions' },
  autoscale: {
    line: 'kubectl -n shop delete hpa --all; kubectl -n shop autoscale deploy web --min=1 --max=3',
    kinds: {
      '(-f file)':
        '=kubectl -n shop get deploy web -o yaml > /tmp/d.yaml; kubectl autoscale -f /tmp/d.yaml --max=4 --name=as2',
    },
    flags: {
      '--max': '',
      '--min': '',
      '--cpu-percent': '--cpu-percent=50',
      '--cpu': '--cpu=50%',
      '--name': '--name=as1',
      '--filename':
        '=kubectl -n shop get deploy web -o yaml > /tmp/d.yaml; kubectl autoscale -f /tmp/d.yaml --max=4 --name=as3',
    },
  },
  'create ingress': {
    line: 'kubectl -n shop create ingress i$RANDOM --rule="foo.com/bar*=web:80"',
    flags: { '--rule': '', '--class': '--class=web', '-o yaml': '--dry-run=client -o yaml' },
  },
  'get --raw': {
    line: 'kubectl get --raw /api/v1/namespaces/shop/pods | head -c 80',
    flags: { '--raw': '', '--kubeconfig': '=kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /healthz' },
  },
  replace: {
    line: 'kubectl -n shop get deploy web -o yaml > /tmp/d.yaml; kubectl replace -f /tmp/d.yaml',
    kinds: { '(-f -)': '=kubectl -n shop get cm web -o yaml | kubectl replace -f -' },
    flags: {
      '--filename': '',
      '--force': '=kubectl apply -f /tmp/pod.yaml; kubectl replace --force -f /tmp/pod.yaml',
      '--namespace': '=kubectl -n shop get cm web -o yaml | kubectl replace -n shop -f -',
    },
  },
  annotate: {
    line: 'kubectl -n shop annotate deploy web note=hello --overwrite',
    kinds: {
      pods: '=kubectl -n shop annotate pod box note=hello --overwrite; kubectl -n shop annotate pod box note-',
      nodes: '=kubectl annotate node node01 note=x',
      '(custom/other)': '=kubectl -n shop annotate widget web note=x',
    },
  },
  'create job': {
    line: 'kubectl -n shop create job j$RANDOM --image=busybox -- date',
    flags: {
      '--': '',
      '--image': '',
      '-o yaml': '=kubectl create job j --image=busybox --dry-run=client -o yaml -- date',
      '--dry-run=client': '=kubectl create job j --image=busybox --dry-run=client -- date',
      '--dry-run': '=kubectl create job j --image=busybox --dry-run -- date',
      '--from': '=kubectl -n shop create job j$RANDOM --from=cronjob/web',
      '--namespace': '',
    },
  },
  'create cronjob': {
    line: 'kubectl create cronjob c$RANDOM --image=busybox --schedule="*/5 * * * *" -- date',
    flags: {
      '--image': '',
      '--': '',
      '--schedule': '',
      '-o yaml': '=kubectl create cronjob c --image=busybox --schedule="* * * * *" --dry-run=client -o yaml -- date',
      '--dry-run=client': '=kubectl create cronjob c --image=busybox --schedule="* * * * *" --dry-run=client -- date',
      '--namespace': '=kubectl -n shop create cronjob c$RANDOM --image=busybox --schedule="* * * * *" -- date',
      '--restart=OnFailure':
        '=kubectl create cronjob c$RANDOM --image=busybox --schedule="* * * * *" --restart=OnFailure -- date',
    },
  },
  'create service clusterip': {
    line: 'kubectl create service clusterip s$RANDOM --tcp=80:8080',
    flags: { '--tcp': '', '-o yaml': '--dry-run=client -o yaml' },
  },
  'create service nodeport': { line: 'kubectl create service nodeport s$RANDOM --tcp=80:8080', flags: { '--tcp': '' } },
  'create service externalname': {
    line: 'kubectl create service externalname s$RANDOM --external-name=example.com',
    flags: { '--external-name': '' },
  },
  'create service': {
    line: 'kubectl create service',
    flags: { '--tcp': '=kubectl create svc loadbalancer s$RANDOM --tcp=80:80' },
  },
  'create resourcequota': {
    line: 'kubectl create quota q$RANDOM --hard=cpu=10,pods=100',
    flags: { '--hard': '', '--scopes': '=kubectl create quota q$RANDOM --hard=pods=100 --scopes=BestEffort' },
  },
  debug: {
    line: 'kubectl -n shop debug box -it --image=busybox -- date',
    kinds: { nodes: '=kubectl debug node/node01 -it --image=busybox -- chroot /host hostname' },
    flags: {
      '--tty': '',
      '--stdin': '',
      '--image': '',
      '--target': '=kubectl -n shop debug box -it --image=busybox --target=box -- ps',
      '--namespace': '',
      '--profile': '=kubectl debug node/node01 -it --image=busybox --profile=sysadmin -- id',
    },
  },
  kustomize: { line: 'kubectl kustomize /tmp/kust' },
  'certificate approve': { line: 'kubectl certificate approve jane' },
  'certificate deny': { line: 'kubectl certificate deny bob' },
  proxy: {
    line: 'kubectl proxy & sleep 1; curl -s localhost:8001/api/ | head -3; kill %1',
    flags: {
      '--port': '=kubectl proxy --port=8090 & sleep 1; curl -s localhost:8090/version | head -3; kill %1',
      '--address': "=kubectl proxy --address=0.0.0.0 --port=8091 --accept-hosts='.*' & sleep 1; kill %1",
      '--accept-hosts': "=kubectl proxy --address=0.0.0.0 --port=8092 --accept-hosts='.*' & sleep 1; kill %1",
    },
  },
  cp: {
    line: 'kubectl cp /tmp/app.env shop/box:/tmp/app.env; kubectl cp shop/box:/etc/hosts /tmp/hosts',
    flags: { '--container': '=kubectl cp /tmp/app.env shop/box:/tmp/b.env -c box' },
  },
  'create token': {
    line: 'kubectl create token default',
    flags: { '--duration': '--duration=1h', '--namespace': '=kubectl create token web -n shop' },
  },
  'create secret docker-registry': {
    line: 'kubectl create secret docker-registry d$RANDOM --docker-server=r.example.com --docker-username=u --docker-password=p --docker-email=a@b.c',
    flags: {
      '--docker-password': '',
      '--docker-username': '',
      '--docker-server': '',
      '--docker-email': '',
      '--from-file':
        '=echo "{\\"auths\\":{}}" > /tmp/config.json; kubectl create secret docker-registry d$RANDOM --from-file=.dockerconfigjson=/tmp/config.json',
    },
  },
  'set env': {
    line: 'kubectl -n shop set env deploy/web COLOR=red; kubectl -n shop set env deploy/web --list; kubectl -n shop set env deploy/web COLOR-',
    flags: { '--from': '=kubectl -n shop set env deploy/web --from=configmap/web', '--namespace': '' },
  },
  'set selector': { line: `kubectl -n shop set selector svc web app=web`, flags: { '--namespace': '' } },
  'set serviceaccount': { line: 'kubectl -n shop set serviceaccount deploy web web', flags: { '--namespace': '' } },
  completion: { line: 'kubectl completion bash | head -2; source <(kubectl completion bash)' },
  attach: {
    line: 'timeout 3 kubectl -n shop attach box',
    flags: {
      '--stdin': '=timeout 3 kubectl -n shop attach box -i',
      '--container': '=timeout 3 kubectl -n shop attach box -c box',
      '--tty': '=timeout 3 kubectl -n shop attach box -it',
    },
  },
  'create priorityclass': {
    line: 'kubectl create priorityclass p$RANDOM --value=1000 --description=x',
    flags: { '--description': '', '--value': '', '--global-default': '--global-default=false' },
  },
  diff: { line: 'kubectl diff -f /tmp/pod.yaml', flags: { '--filename': '' } },
  'create poddisruptionbudget': {
    line: 'kubectl create pdb p$RANDOM --selector=app=web --min-available=1',
    flags: { '--selector': '', '--min-available': '' },
  },
  'auth whoami': { line: 'kubectl auth whoami' },
  '(bare)': { line: 'kubectl' },
}

/** Features of kubectl that the real one (1.36) does not have, or that need the Internet. */
export const LEFT_OUT: LeftOut = {
  ...Object.fromEntries(
    [
      'get --export',
      'get --a',
      'run --dry-run',
      'run --replicas',
      'run --generator',
      'run --requests',
      'run --limits',
      'run --schedule',
      'run --selector',
      'exec --sh',
      'create deployment --r',
      'version --short',
      'create ingress --dry-run-client',
      'drain --delete-local-data',
      'describe --watch',
      'set resources --container',
      'rolling-update',
      'rolling-update --image',
      'ai',
      'argo',
      'convert',
      'convert --help',
      'krew upgrade',
      'node-shell',
      'set on',
      'set on @(custom/other)',
      'edit --record',
      'create deployment --record',
      'create deployment --env',
      'create deployment --labels',
    ].map((f) => [f, 'not in kubectl 1.36, or a plugin']),
  ),
  ...Object.fromEntries(
    ['apply @(-f URL)', 'create -f @(-f URL)', 'delete @(-f URL)'].map((f) => [f, 'needs the Internet']),
  ),
}

function casesOf(verb: string, { kinds, flags }: Verbs[string]): Case[] {
  const own = VERBS[verb]
  if (!own) return []
  const pick = (text: string, kind = 'pods'): string =>
    text
      .replaceAll('KIND', resource(kind))
      .replaceAll('NAME', NAMES[kind] ?? 'web')
      .trim()
  const cases: Case[] = [{ features: [verb], line: pick(own.line) }]
  for (const kind in kinds) {
    const text = own.kinds?.[kind]
    const line = text === undefined ? pick(own.line, kind) : text.replace(/^=/, '')
    if (!LEFT_OUT[`${verb} @${kind}`]) cases.push({ features: [`${verb} @${kind}`], line })
  }
  for (const flag in flags) {
    const text = own.flags?.[flag] ?? FLAGS[flag]
    if (text === undefined || LEFT_OUT[`${verb} ${flag}`]) continue
    const line = text.startsWith('=') ? text.slice(1) : `${pick(own.line)} ${text}`
    cases.push({ features: [`${verb} ${flag}`], line })
  }
  return cases
}

/** Verbs that break what others need come last. */
const LAST = ['drain', 'uncordon', 'delete']

/** `{feature: n}` of everything kubectl in features.json: `get`, `get @pods`, `get --namespace`. */
export function kubectlFeatures(): Record<string, number> {
  const out: Record<string, number> = {}
  for (const [verb, { n, kinds, flags }] of Object.entries(features.verbs as unknown as Verbs)) {
    out[verb] = n
    for (const kind in kinds) out[`${verb} @${kind}`] = kinds[kind]
    for (const flag in flags) out[`${verb} ${flag}`] = flags[flag]
  }
  return out
}

const BEFORE = `
kubectl apply -f /tmp/objects.yaml >/dev/null; sleep 30; kubectl apply -f /tmp/custom-objects.yaml >/dev/null
kubectl create ns other; kubectl run solo --image=nginx --dry-run=client -o yaml > /tmp/pod.yaml
mkdir -p /tmp/dir /tmp/kust; kubectl create cm fromdir --from-literal=a=b --dry-run=client -o yaml > /tmp/dir/cm.yaml
cp /tmp/dir/cm.yaml /tmp/kust/; printf 'resources: [cm.yaml]\\nnamePrefix: k-\\ncommonLabels: {x: y}\\n' > /tmp/kust/kustomization.yaml
printf 'A=1\\nB=2\\n' > /tmp/app.env; cp /root/.kube/config /tmp/kc
for u in jane bob; do
  openssl req -new -newkey rsa:2048 -nodes -keyout /tmp/$u.key -out /tmp/$u.csr -subj /CN=$u 2>/dev/null
  printf "apiVersion: certificates.k8s.io/v1\\nkind: CertificateSigningRequest\\nmetadata: {name: $u}\\nspec: {request: $(base64 -w0 /tmp/$u.csr), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}\\n" | kubectl apply -f -
done
openssl x509 -req -in /tmp/jane.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -out /tmp/jane.crt -days 30
`

export function kubectlGroups(): Group[] {
  const verbs = Object.entries(features.verbs as unknown as Verbs)
  const rank = ([verb]: [string, unknown]): number => LAST.indexOf(verb)
  verbs.sort((a, b) => rank(a) - rank(b))
  return [
    {
      name: 'kubectl',
      cluster: 'default',
      before: BEFORE,
      cases: verbs.flatMap(([verb, uses]) => casesOf(verb, uses)),
    },
  ]
}
