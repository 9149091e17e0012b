import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../src/cluster/index.ts'

const apply = (world: World, manifest: string): string =>
  world.sh(`cat <<'EOT' | kubectl apply -f -\n${manifest}\nEOT`).stdout

const policy = (name: string, spec: string): string =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}}, spec: ${spec}}`

describe('single: what kind adds to kubeadm', () => {
  test('kindnet and the local-path provisioner run, the node takes pods, no metrics', () => {
    const world = createWorld({ cluster: 'single' })
    const { stdout } = world.sh(
      "kubectl get pods -A --no-headers | awk '{print $1, $3, $4}' | sort | uniq -c | sed 's/^ *//'",
    )
    expect(stdout).toBe('8 kube-system 1/1 Running\n1 local-path-storage 1/1 Running\n')
    expect(world.sh('kubectl get sc --no-headers').stdout).toMatch(
      /^standard \(default\) +rancher.io\/local-path +Delete +WaitForFirstConsumer +false +/,
    )
    expect(world.sh("kubectl get node -o jsonpath='{.items[*].spec.taints}'").stdout).toBe('')
    expect(world.sh('kubectl top nodes')).toMatchObject({ exit: 1, stderr: 'error: Metrics API not available\n' })
    expect(world.sh('kubectl config current-context').stdout).toBe('kind-kind\n')
    expect(world.sh('ls /etc/cni/net.d').stdout).toBe('10-kindnet.conflist\n')
  })

  test('the root of a process is a link that leads into its own files, and nobody who walks through / follows it', () => {
    const world = createWorld({ cluster: 'single' })
    const root = '/proc/$(pidof etcd)/root'
    expect(world.sh(`readlink ${root}; cd ${root} && ls -d usr/local/bin/etcd`).stdout).toBe('/\nusr/local/bin/etcd\n')
    expect(
      world.sh("find / -path '/proc/*/root/*'; grep -rl nowhere-to-be-found / 2> /dev/null | grep -v ^/proc"),
    ).toEqual({ stdout: '', stderr: '', exit: 1 })
  })

  test('another name for the node means another maker, with kubeadm’s own context', () => {
    const world = createWorld({ cluster: 'single', hostName: 'minikube' })
    expect(world.sh('kubectl config current-context').stdout).toBe('kubernetes-admin@kubernetes\n')
    expect(world.sh('kubectl get nodes -o name').stdout).toBe('node/minikube\n')
  })

  test('a claim is bound after its first consumer, keeps its data, and goes with its directory', () => {
    const world = createWorld({ cluster: 'single' })
    apply(
      world,
      '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}',
    )
    world.advance(10_000)
    expect(world.sh('kubectl get pvc -o jsonpath={.items[0].status.phase}').stdout).toBe('Pending')
    const pod = (user: number): string =>
      `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {securityContext: {runAsUser: ${user}}, containers: [{name: c, image: busybox, command: [sh, -c, "id -u >> /data/log; sleep 1d"], volumeMounts: [{name: v, mountPath: /data}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}}`
    for (const user of [1000, 1000]) {
      apply(world, pod(user))
      world.sh('kubectl wait --for=condition=Ready pod/p --timeout=60s')
      expect(world.sh('kubectl get pvc -o jsonpath={.items[0].status.phase}').stdout).toBe('Bound')
      if (user === 1000) world.sh('kubectl delete pod p --now')
    }
    apply(world, pod(0))
    world.sh('kubectl wait --for=condition=Ready pod/p --timeout=60s')
    expect(world.sh('kubectl exec p -- cat /data/log').stdout).toBe('1000\n1000\n0\n')
    expect(world.sh('ls /var/local-path-provisioner | wc -l').stdout).toBe('1\n')
    world.sh('kubectl delete pod p --now; kubectl delete pvc data')
    world.advance(10_000)
    expect(world.sh('kubectl get pv').stderr).toBe('No resources found\n')
    expect(world.sh('ls /var/local-path-provisioner | wc -l').stdout).toBe('0\n')
  })

  test('claims for many writers are refused by the provisioner', () => {
    const world = createWorld({ cluster: 'single' })
    apply(
      world,
      '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: many}, spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}}',
    )
    apply(
      world,
      '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: many}}]}}',
    )
    world.advance(5000)
    expect(world.sh('kubectl describe pvc many | grep ProvisioningFailed').stdout).toMatch(
      /failed to provision volume with StorageClass "standard": NodePath only supports ReadWriteOnce and ReadWriteOncePod \(1\.22\+\) access modes\n$/,
    )
  })

  test('a class lets claims grow; nobody makes their volumes larger', () => {
    const world = createWorld({ cluster: 'single' })
    world.sh('kubectl patch sc standard -p \'{"allowVolumeExpansion":true}\'')
    apply(world, CLAIMED.replaceAll('NAME', 'grow'))
    world.sh('kubectl wait --for=condition=Ready pod/grow --timeout=60s')
    const ask = (size: string) =>
      world.sh(`kubectl patch pvc grow -p '{"spec":{"resources":{"requests":{"storage":"${size}"}}}}'`)
    expect(ask('2Gi').stdout).toBe('persistentvolumeclaim/grow patched\n')
    world.advance(1000)
    expect(world.sh("kubectl get pvc grow -o jsonpath='{.status.capacity.storage}'").stdout).toBe('1Gi')
    expect(world.sh('kubectl describe pvc grow | tail -1').stdout).toMatch(
      /^ {2}Normal +ExternalExpanding +\d+s +volume_expand +waiting for an external controller to expand this PVC\n$/,
    )
    expect(ask('512Mi').stderr).toBe(
      'The PersistentVolumeClaim "grow" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity\n',
    )
  })
})

/** A claim of 1Gi and a pod that uses it. */
const CLAIMED = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: NAME }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: NAME }
spec:
  containers: [{ name: c, image: nginx, volumeMounts: [{ name: v, mountPath: /v }] }]
  volumes: [{ name: v, persistentVolumeClaim: { claimName: NAME } }]
`

describe('kindnet enforces NetworkPolicy', () => {
  let world: World
  beforeAll(() => {
    world = createWorld({ cluster: 'single' })
    world.sh(`
      kubectl create ns other; kubectl label ns other team=x
      kubectl run web --image=nginx --port=80 --labels=app=web --expose
      for p in a b; do kubectl run $p --image=busybox --labels=role=$p -- sleep 1d; done
      kubectl -n other run a --image=busybox --labels=role=a -- sleep 1d
      kubectl wait --for=condition=Ready pod --all -A --timeout=60s`)
  })

  /** Who of a, b and other/a reaches http://web. */
  const reached = (): string => {
    const from = { a: 'exec a', b: 'exec b', other: '-n other exec a' }
    const ok = Object.entries(from).filter(
      ([, words]) => world.sh(`kubectl ${words} -- wget -qO- -T 2 http://web.default`).exit === 0,
    )
    return ok.map(([name]) => name).join(' ')
  }

  test.each([
    ['no policy', '', 'a b other'],
    ['default deny', '{podSelector: {}, policyTypes: [Ingress]}', ''],
    [
      'a pod selector means the own namespace',
      '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {role: a}}}]}]}',
      'a',
    ],
    [
      'both selectors in one peer must match',
      '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {role: a}}}]}]}',
      'other',
    ],
    [
      'selectors in two peers: either',
      '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}, {podSelector: {matchLabels: {role: b}}}]}]}',
      'b other',
    ],
    ['another port', '{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}]}]}', ''],
    [
      'a range of ports',
      '{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 70, endPort: 90}]}]}',
      'a b other',
    ],
    [
      'addresses',
      '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16}}]}]}',
      'a b other',
    ],
    [
      'excepted addresses',
      '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16, except: [10.244.0.0/24]}}]}]}',
      '',
    ],
    ['no egress: not even DNS', '{podSelector: {matchLabels: {role: a}}, policyTypes: [Egress]}', 'b other'],
    [
      'egress to DNS only',
      '{podSelector: {matchLabels: {role: a}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}',
      'b other',
    ],
    [
      'egress to DNS and to the pods',
      '{podSelector: {matchLabels: {role: a}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}, {to: [{podSelector: {matchLabels: {app: web}}}]}]}',
      'a b other',
    ],
  ])('%s', (_case, spec, who) => {
    if (spec) apply(world, policy('p', spec))
    expect(reached()).toBe(who)
    world.sh('kubectl delete netpol --all')
  })

  test('what is denied is dropped: clients time out, the node itself is let in, and nobody enforces while kindnet is away', () => {
    apply(world, policy('p', '{podSelector: {}, policyTypes: [Ingress]}'))
    expect(world.sh('kubectl exec a -- nc -zv -w 2 web 80').stderr).toBe(
      'nc: timed out\ncommand terminated with exit code 1\n',
    )
    expect(
      world.sh('curl -s -m 2 -o /dev/null -w "%{http_code}" $(kubectl get pod web -o jsonpath={.status.podIP})').stdout,
    ).toBe('200')
    expect(world.sh('kubectl get pod web -o jsonpath={.status.containerStatuses[0].ready}').stdout).toBe('true')
    world.sh(
      `kubectl -n kube-system patch ds kindnet -p '{"spec":{"template":{"spec":{"nodeSelector":{"no":"where"}}}}}'; sleep 40`,
    )
    expect(reached()).toBe('a b other')
  })
})
