import { beforeAll, describe, expect, test } from 'vitest'
import { clusterPlan, createWorld, type World } from '../../../src/cluster/index.ts'
import { skewErrors } from '../../../src/commands/kubeadm/upgrade/policy.ts'

const older = (release: string): World => createWorld({ cluster: { ...clusterPlan('default')!, release } })

const SERIES = (n: string): string =>
  `sed -i 's/v1.[0-9]*/v1.${n}/' /etc/apt/sources.list.d/kubernetes.list && apt-get update -q > /dev/null`

const versions = (world: World): string =>
  world.run("kubectl get nodes --no-headers | awk '{print $1, $2, $5}'; kubectl version | grep Server").stdout

describe('a cluster of an older release', () => {
  let world: World
  beforeAll(() => {
    world = older('v1.35.3')
  })

  test('shows it everywhere', () => {
    expect(versions(world)).toBe(
      'controlplane Ready v1.35.3\nnode01 Ready v1.35.3\nnode02 Ready v1.35.3\nServer Version: v1.35.3\n',
    )
    const pods =
      "kubectl -n kube-system get pods -o jsonpath='{.items[*].spec.containers[*].image}' | tr ' ' '\\n' | sort -u"
    expect(world.run(pods).stdout).toBe(
      [
        'registry.k8s.io/coredns/coredns:v1.13.1',
        'registry.k8s.io/etcd:3.6.6-0',
        'registry.k8s.io/kube-apiserver:v1.35.3',
        'registry.k8s.io/kube-controller-manager:v1.35.3',
        'registry.k8s.io/kube-proxy:v1.35.3',
        'registry.k8s.io/kube-scheduler:v1.35.3',
        '',
      ].join('\n'),
    )
    expect(world.run('kubelet --version; kubeadm version -o short', { host: 'node01' }).stdout).toBe(
      'Kubernetes v1.35.3\nv1.35.3\n',
    )
  })

  test('an old kubeadm plans for its own series, and says what is newer', () => {
    const { stdout, stderr, exit } = world.run('kubeadm upgrade plan')
    expect(exit).toBe(0)
    expect(stderr).toMatch(
      /^I.* version\.go:260\] remote version is much newer: v1\.36\.4; falling back to: stable-1\.35\n$/,
    )
    expect(stdout).toContain(`Upgrade to the latest version in the v1.35 series:

COMPONENT                 NODE           CURRENT   TARGET
kube-apiserver            controlplane   v1.35.3   v1.35.8
kube-controller-manager   controlplane   v1.35.3   v1.35.8
kube-scheduler            controlplane   v1.35.3   v1.35.8
kube-proxy                               1.35.3    v1.35.8
CoreDNS                                  v1.13.1   v1.13.1
etcd                      controlplane   3.6.6-0   3.6.6-0

You can now apply the upgrade by executing the following command:

\tkubeadm upgrade apply v1.35.8

Note: Before you can perform this upgrade, you have to update kubeadm to v1.35.8.

_____________________________________________________________________

`)
    expect(world.run('kubeadm upgrade apply v1.36.4 -y').stderr).toBe(
      'error: error execution phase preflight: the version argument is invalid due to these fatal errors:\n\n\t- Specified version to upgrade to "v1.36.4" is at least one minor release higher than the kubeadm minor release (36 > 35). Such an upgrade is not supported\n\nPlease fix the misalignments highlighted above and try upgrading again\nTo see the stack trace of this error execute with --v=5 or higher\n',
    )
  })

  test('goes to the next: kubeadm, control plane, kubelets one by one', () => {
    world.run(SERIES('36'))
    world.run('apt-mark unhold kubeadm && apt-get install -y kubeadm=1.36.4-1.1 && apt-mark hold kubeadm')
    const applied = world.run('echo y | kubeadm upgrade apply v1.36.4')
    expect(applied.stdout).toContain(
      '[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "v1.36.4".\n',
    )
    world.advance(90_000)
    expect(versions(world)).toBe(
      'controlplane Ready v1.35.3\nnode01 Ready v1.35.3\nnode02 Ready v1.35.3\nServer Version: v1.36.4\n',
    )
    expect(
      world.run('kubectl -n kube-system get cm kubeadm-config -o yaml | grep kubernetesVersion').stdout.trim(),
    ).toBe('kubernetesVersion: v1.36.4')
    expect(
      world.run(
        "kubectl -n kube-system get deploy/coredns ds/kube-proxy -o jsonpath='{.items[*].spec.template.spec.containers[0].image}'",
      ).stdout,
    ).toBe('registry.k8s.io/coredns/coredns:v1.14.2 registry.k8s.io/kube-proxy:v1.36.4')

    const on = { host: 'node01' }
    world.run('kubectl drain node01 --ignore-daemonsets')
    world.run(SERIES('36'), on)
    world.run('apt-mark unhold kubelet; apt-get install -y kubelet=1.36.4-1.1', on)
    // The file is new, the process is not.
    world.advance(20_000)
    expect(versions(world)).toContain('node01 Ready,SchedulingDisabled v1.35.3\n')
    world.run('kubeadm upgrade node && systemctl daemon-reload && systemctl restart kubelet', on)
    world.advance(20_000)
    world.run('kubectl uncordon node01')
    expect(versions(world)).toBe(
      'controlplane Ready v1.35.3\nnode01 Ready v1.36.4\nnode02 Ready v1.35.3\nServer Version: v1.36.4\n',
    )
  })

  test('the same release again: nothing to exchange, so nothing is renewed or restarted', () => {
    world.run(
      "kubectl get cm kubelet-config -n kube-system -o yaml | sed 's/^    syncFrequency/    maxPods: 77\\n&/' | kubectl apply -f -",
    )
    const { stdout, exit } = world.run('kubeadm upgrade apply v1.36.4 -y')
    expect(exit).toBe(0)
    // What somebody wrote into the shared configuration stays, and reaches the machine.
    expect(
      world.run(
        'kubectl get cm kubelet-config -n kube-system -o yaml | grep maxPods; grep maxPods /var/lib/kubelet/config.yaml',
      ).stdout,
    ).toBe('    maxPods: 77\nmaxPods: 77\n')
    const lines = stdout.split('\n').filter((line) => /staticpods|upgrade\/etcd/.test(line))
    expect(lines.map((line) => line.replace(/manifests\d+/, 'manifestsN'))).toEqual([
      '[upgrade/staticpods] Writing new Static Pod manifests to "/etc/kubernetes/tmp/kubeadm-upgraded-manifestsN"',
      '[upgrade/staticpods] Preparing for "etcd" upgrade',
      '[upgrade/staticpods] Current and new manifests of etcd are equal, skipping upgrade',
      '[upgrade/etcd] Waiting for etcd to become available',
      '[upgrade/staticpods] Preparing for "kube-apiserver" upgrade',
      '[upgrade/staticpods] Current and new manifests of kube-apiserver are equal, skipping upgrade',
      '[upgrade/staticpods] Preparing for "kube-controller-manager" upgrade',
      '[upgrade/staticpods] Current and new manifests of kube-controller-manager are equal, skipping upgrade',
      '[upgrade/staticpods] Preparing for "kube-scheduler" upgrade',
      '[upgrade/staticpods] Current and new manifests of kube-scheduler are equal, skipping upgrade',
    ])
  })
})

test('a manifest that does not come up is put back', () => {
  const world = older('v1.36.3')
  world.run('apt-mark unhold kubeadm && apt-get install -y kubeadm=1.36.4-1.1')
  // The kubelet is away: nobody restarts anything.
  world.run('systemctl stop kubelet')
  const { stderr, exit } = world.run(
    'kubeadm upgrade apply v1.36.4 -y --ignore-preflight-errors=all --etcd-upgrade=false',
    {
      timeoutMs: 1_200_000,
    },
  )
  expect(exit).toBe(1)
  expect(stderr).toContain(
    "error: error execution phase control-plane: couldn't complete the static pod upgrade: couldn't upgrade control plane. kubeadm has tried to recover everything into the earlier state. Errors faced: static Pod hash for component kube-apiserver on Node controlplane did not change after 5m0s: context deadline exceeded\n",
  )
  expect(world.run('grep -h image: /etc/kubernetes/manifests/kube-apiserver.yaml').stdout.trim()).toBe(
    'image: registry.k8s.io/kube-apiserver:v1.36.3',
  )
})

describe('version skew', () => {
  const now = { cluster: 'v1.34.2', kubeadm: 'v1.36.4', kubelets: ['v1.34.2'] }
  test.each([
    [
      'a minor is skipped',
      'v1.36.4',
      now,
      ['Specified version to upgrade to "v1.36.4" is too high; kubeadm can upgrade only 1 minor version at a time'],
      [],
    ],
    [
      'kubeadm is of another minor',
      'v1.35.1',
      now,
      [],
      ['Kubeadm version v1.36.4 can only be used to upgrade to Kubernetes version 1.36'],
    ],
    [
      'kubeadm is of an older patch',
      'v1.36.4',
      { cluster: 'v1.36.0', kubeadm: 'v1.36.1', kubelets: [] },
      [],
      [
        'Specified version to upgrade to "v1.36.4" is higher than the kubeadm version "v1.36.1". Upgrade kubeadm first using the tool you used to install kubeadm',
      ],
    ],
    [
      'a kubelet is too old',
      'v1.36.4',
      { cluster: 'v1.35.8', kubeadm: 'v1.36.4', kubelets: ['v1.35.8', 'v1.32.1'] },
      [],
      ['There are kubelets in this cluster that are too old that have these versions [v1.32.1]'],
    ],
    ['nothing is wrong', 'v1.36.4', { cluster: 'v1.35.8', kubeadm: 'v1.36.4', kubelets: ['v1.35.8'] }, [], []],
  ])('%s', (_case, target, state, mandatory, skippable) => {
    expect(skewErrors(target, state)).toEqual({ mandatory, skippable })
  })
})
