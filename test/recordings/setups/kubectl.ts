import { hookServer } from '../hook-server.ts'
import type { Setup } from './setup.ts'

/** kubeadm had made a token for each node, and had uploaded the certificates under another that had expired meanwhile. */
const FRESH_KUBEADM = [
  ...['abcdef', 'dopdqz', 'lo4fye'].map((id) => `kubeadm token create ${id}.0123456789abcdef`),
  'kubectl create secret generic bootstrap-token-5ofqvx -n kube-system --type=bootstrap.kubernetes.io/token --from-literal=token-id=5ofqvx --from-literal=token-secret=0123456789abcdef --from-literal=usage-bootstrap-signing=false --from-literal=usage-bootstrap-authentication=false',
  `kubectl create secret generic kubeadm-certs -n kube-system ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `--from-literal=k${n}=x`).join(' ')}`,
  'kubectl create role kubeadm:kubeadm-certs -n kube-system --verb=get --resource=secrets --resource-name=kubeadm-certs',
  'kubectl create rolebinding kubeadm:kubeadm-certs -n kube-system --role=kubeadm:kubeadm-certs --group=system:bootstrappers:kubeadm:default-node-token',
]

/** Another topic's definition of a resource was still there. */
const WIDGETS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget, shortNames: [wd]}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

const ANTI_AFFINITY = JSON.stringify({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app: 'anti' } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
})

/** The lab's network led the Service's address straight to the machine on which its server ran. */
const HOOK_ENDPOINT = JSON.stringify({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'hook-lab', namespace: 'adm', labels: { 'kubernetes.io/service-name': 'hook' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['192.168.56.10'] }],
  ports: [{ name: '443', port: 443 }],
})

const on = (node: string, pods: string): Record<string, string> =>
  Object.fromEntries(pods.split(' ').map((pod) => [pod, node]))

/** The lab's API server listened on its machine's address only, not on localhost. */
const BOUND = [
  `sed -i '/    - kube-apiserver$/a\\    - --bind-address=192.168.56.10' /etc/kubernetes/manifests/kube-apiserver.yaml; sleep 60`,
]

export const KUBECTL: Readonly<Record<string, Setup>> = {
  'kubectl/a02-get-errors': { seed: 4 },
  'kubectl/a03-get-system': {
    seed: 3,
    // The namespace of the topic before was still emptying.
    before: [
      ...FRESH_KUBEADM,
      'kubectl create ns geterr; kubectl create cm held -n geterr; kubectl patch cm held -n geterr -p \'{"metadata":{"finalizers":["example.com/x"]}}\'; kubectl delete ns geterr --wait=false',
    ],
    kept: [{ at: 1.2, run: `kubectl patch cm held -n geterr --type=merge -p '{"metadata":{"finalizers":null}}'` }],
  },
  'kubectl/a04-get-workloads': {
    seed: 9,
    // Where in the volume binder's fifteen seconds it began.
    before: ['sleep 2'],
    weighed: { backup: 'node02 node01 node01' },
    ties: {
      web: 'node02 node01 node02',
      pi: 'node02 node01',
      ...on('node02', 'solo db-0'),
      ...on('node01', 'db-1'),
    },
  },
  'kubectl/b01-describe-unhealthy-pods': {
    phase: 0.05,
    seed: 12,
    // The lab's kubelets looked at no host paths.
    before: ['ssh node01 mkdir -p /no/such/dir'],
    beside: { node02: 1 },
    absent: ['redis:6'],
    weighed: {
      ...on(
        'node01',
        'bad-registry bad-tag crash127 init-crash never-fails never-pull no-secret-key nonroot-user onfailure oom startup two-one-bad unready-port no-cm-key-vol',
      ),
      ...on(
        'node02',
        'bad-cmd bad-name bad-path bad-repo crash deadline exits-ok init-badimage init-wait live-exec live-kill never-completes no-cm nonroot nopullsecret sidecar unready-404 upper no-cm-vol no-secret-vol',
      ),
    },
  },
  'kubectl/f01-node-down': {
    // When the node is killed, its last sign of life is ten seconds old.
    before: ['sleep 3'],
    lead: 1.5,
    ties: { ...on('node01', 'bare db-1 quick'), ...on('node02', 'db-0 newone') },
  },
  'kubectl/f02-controllers': { weighed: on('node02', 'ready1 ready2') },
  // Both had changed hands before.
  'kubectl/f03-components-down': {
    before: [
      ...['kube-scheduler', 'kube-controller-manager'].map(
        (name, i) =>
          `kubectl patch lease -n kube-system ${name} --type=merge -p '{"spec":{"leaseTransitions":${i + 1}}}'`,
      ),
      'sleep 10',
    ],
    ties: { web: 'node01 node02', ...on('node01', 'p2 y') },
  },
  'kubectl/f05-kubelet-stopped': { ties: on('node01', 'bare') },
  'kubectl/d01-rollout': { phase: 0.95, seed: 12 },
  'kubectl/d03-rbac-config': { before: BOUND },
  'kubectl/i01-logs-exec': { phase: 0.2, seed: 6, before: BOUND, ties: on('node02', 'one copy1') },
  'kubectl/i03-events': {
    phase: 0.6,
    seed: 7,
    weighed: { d: 'node02 node01', ...on('node02', 'ok bad crash') },
  },
  'kubectl/i11-preempt-term-quota': { phase: 0.2, firstNode: 'node02', weighed: { es: 'node02 node01 node02' } },
  'kubectl/i12-jobs': { weighed: { idx: 'node01 node02' } },
  'kubectl/i13-rollouts': { phase: 0.4, seed: 3, weighed: { ...on('node01', 'db-1 db-2'), ...on('node02', 'db-0') } },
  'kubectl/i14-hpa-pdb-drain': { weighed: { web: 'node01 node02 node01 node02' } },
  'kubectl/i15-resize-sidecar-new': {
    phase: 0.9,
    weighed: { ...on('node02', 'p plr userns imgvol sj'), ...on('node01', 'be rules') },
  },
  'kubectl/i17-crashloop-timeline': { seed: 3, weighed: on('node01', 'fails') },
  'kubectl/e01-scheduler': {
    weighed: on('node02', 'gated'),
    kept: [
      {
        at: 83.6,
        run: `kubectl create deploy anti --image=nginx:1.27 --replicas=3 --dry-run=client -o json | jq '.spec.template.spec.affinity = ${ANTI_AFFINITY}' | kubectl apply -f -`,
      },
    ],
  },
  'kubectl/i10-admission': {
    programs: { '/usr/local/bin/hook.py': hookServer },
    rewrite: [[/setsid python3 hook\.py \$\([^)]*\)/, 'setsid hook.py']],
    kept: [{ at: 30, run: `echo '${HOOK_ENDPOINT}' | kubectl apply -f -` }],
  },
  // Namespaces of topics that ran beside.
  'kubectl/i08-cli-misc': { before: ['for n in adm clb ed; do kubectl create ns $n; done'] },
  'kubectl/i04-explain-api': {
    files: { '/root/widgets.yaml': WIDGETS },
    // The API server had been up for minutes, of which /statusz tells.
    before: ['kubectl apply -f widgets.yaml; sleep 2; rm widgets.yaml; sleep 516'],
  },
}
