import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'

const LISTS = 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n'
const CDN = 'https://prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/core:/stable:/v1.36/deb '

describe('packages of Kubernetes', () => {
  let world: World
  beforeAll(() => {
    world = createWorld({ cluster: 'single' })
  })
  const sh = (line: string): string => {
    const { stdout, stderr } = world.run(line)
    return stdout + stderr
  }

  test('dpkg -l knows what is installed, and what is on hold', () => {
    expect(sh("dpkg -l 'kube*' | tail -n +4")).toBe(
      [
        '||/ Name           Version      Architecture Description',
        '+++-==============-============-============-==============================================================',
        'hi  kubeadm        1.36.4-1.1   amd64        Command-line utility for administering a Kubernetes cluster',
        'hi  kubectl        1.36.4-1.1   amd64        Command-line utility for interacting with a Kubernetes cluster',
        'hi  kubelet        1.36.4-1.1   amd64        Node agent for Kubernetes clusters',
        'ii  kubernetes-cni 1.9.1-1.1    amd64        Binaries required to provision kubernetes container networking',
        '',
      ].join('\n'),
    )
  })

  test('apt-cache madison reads the lists of the last update', () => {
    expect(sh('apt-cache madison kubelet')).toBe(
      ['1.36.4-1.1', '1.36.3-1.1', '1.36.2-2.1', '1.36.1-1.1', '1.36.0-1.1']
        .map((v) => `   kubelet | ${v} | https://pkgs.k8s.io/core:/stable:/v1.36/deb  Packages\n`)
        .join(''),
    )
    world.run("sed -i 's/v1.36/v1.35/' /etc/apt/sources.list.d/kubernetes.list")
    expect(sh('apt-cache madison kubelet')).toBe('N: Unable to locate package kubelet\n')
    world.run('apt-get update')
    expect(sh('apt-cache madison kubelet | head -1')).toBe(
      '   kubelet | 1.35.8-1.1 | https://pkgs.k8s.io/core:/stable:/v1.35/deb  Packages\n',
    )
    world.run("sed -i 's/v1.35/v1.36/' /etc/apt/sources.list.d/kubernetes.list")
  })

  test('what is on hold is not changed unasked, what is newer not by chance', () => {
    expect(sh('apt-get install -y kubelet=1.36.1-1.1')).toBe(
      `${LISTS}The following held packages will be changed:\n  kubelet\nThe following packages will be DOWNGRADED:\n  kubelet\n0 upgraded, 0 newly installed, 1 downgraded, 0 to remove and 0 not upgraded.\nE: Packages were downgraded and -y was used without --allow-downgrades.\n`,
    )
    expect(sh('apt-get install -y --allow-downgrades kubelet=1.36.1-1.1 > /dev/null; echo $?')).toBe(
      '100\nE: Held packages were changed and -y was used without --allow-change-held-packages.\n',
    )
    expect(sh('kubelet --version')).toBe('Kubernetes v1.36.4\n')
    expect(sh('apt-mark unhold kubelet kubectl; apt-mark unhold kubelet; apt-mark showhold')).toBe(
      'Canceled hold on kubelet.\nCanceled hold on kubectl.\nkubelet was already not on hold.\nkubeadm\n',
    )
    world.run('apt-get install -y --allow-downgrades kubelet=1.36.1-1.1')
    expect(sh('kubelet --version')).toBe('Kubernetes v1.36.1\n')
  })

  test('an upgrade as apt tells it', () => {
    expect(sh("apt-get install -y 'kubelet=1.36.4-*'")).toBe(
      `${LISTS}Selected version '1.36.4-1.1' (isv:kubernetes:core:stable:v1.36:pkgs.k8s.io [amd64]) for 'kubelet'
The following packages will be upgraded:
  kubelet
1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.
Need to get 13.4 MB of archives.
After this operation, 24.6 kB of additional disk space will be used.
Get:1 ${CDN} kubelet 1.36.4-1.1 [13.4 MB]
Fetched 13.4 MB in 2s (6001 kB/s)
(Reading database ... 126483 files and directories currently installed.)
Preparing to unpack .../kubelet_1.36.4-1.1_amd64.deb ...
Unpacking kubelet (1.36.4-1.1) over (1.36.1-1.1) ...
Setting up kubelet (1.36.4-1.1) ...
`,
    )
    expect(sh('apt-get install -y kubelet')).toBe(
      `${LISTS}kubelet is already the newest version (1.36.4-1.1).\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`,
    )
    expect(sh('apt-get install kubelet=1.36.9-1.1')).toBe(
      `${LISTS}Package kubelet is not available, but is referred to by another package.\nThis may mean that the package is missing, has been obsoleted, or\nis only available from another source\n\nE: Version '1.36.9-1.1' for 'kubelet' was not found\n`,
    )
  })

  test('apt-get upgrade keeps back what is on hold', () => {
    world.run('apt-get install -y --allow-downgrades kubelet=1.36.1-1.1 kubectl=1.36.1-1.1; apt-mark hold kubelet')
    expect(sh('echo n | apt-get upgrade')).toBe(
      `${LISTS}Calculating upgrade...
The following packages have been kept back:
  kubelet
The following packages will be upgraded:
  kubectl
1 upgraded, 0 newly installed, 0 to remove and 1 not upgraded.
Need to get 11.8 MB of archives.
After this operation, 24.6 kB of additional disk space will be used.
Do you want to continue? [Y/n] Abort.
`,
    )
  })

  test('what is not simulated says so', () => {
    expect(sh('apt-get install -y nginx | tail -n 0')).toBe('apt-get: not simulated: install nginx\n')
    expect(sh('apt-get autoremove')).toBe('apt-get: not simulated: autoremove\n')
  })

  test('without names there are no lists', () => {
    world.installed.internet.setReachable(false)
    const { stdout, stderr } = world.run('apt-get update')
    expect(stdout).toContain(
      "Ign:4 https://pkgs.k8s.io/core:/stable:/v1.36/deb  InRelease\nErr:4 https://pkgs.k8s.io/core:/stable:/v1.36/deb  InRelease\n  Temporary failure resolving 'pkgs.k8s.io'\n",
    )
    expect(stderr).toContain(
      'W: Some index files failed to download. They have been ignored, or old ones used instead.\n',
    )
  })
})
