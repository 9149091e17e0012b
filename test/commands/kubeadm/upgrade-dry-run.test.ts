import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

// Lines as kubeadm 1.36.2, built from its sources, printed them against a real API server (2026-11-22).
test('upgrade diff and upgrade apply --dry-run show what would be, and change nothing', () => {
  const world = createWorld({ cluster: 'default' })
  expect(world.sh('kubeadm upgrade diff v1.36.5').stdout).toContain(`--- /etc/kubernetes/manifests/kube-apiserver.yaml
+++ new manifest
@@ -42 +42 @@
-    image: registry.k8s.io/kube-apiserver:v1.36.4
+    image: registry.k8s.io/kube-apiserver:v1.36.5
`)
  expect(world.sh('kubeadm upgrade diff foo').stderr).toContain('error: could not parse "foo" as version\n')
  const { exit, stdout } = world.sh('kubeadm upgrade apply v1.36.4 --dry-run -y')
  expect(exit).toBe(0)
  const said = stdout.split('\n').filter((line) => /^\[(dryrun\] (w|Would [bcup])|upgrade)/.test(line))
  expect(said.map((line) => line.replace(/dryrun\d+.*/, 'dryrun…'))).toMatchInlineSnapshot(`
    [
      "[upgrade] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...",
      "[upgrade] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.",
      "[dryrun] Would perform action GET on resource "configmaps" in API group "core/v1"",
      "[dryrun] Would perform action GET on resource "configmaps" in API group "core/v1"",
      "[dryrun] Would perform action GET on resource "configmaps" in API group "core/v1"",
      "[dryrun] Would perform action GET on resource "nodes" in API group "core/v1"",
      "[dryrun] Would perform action LIST on resource "pods" in API group "core/v1"",
      "[upgrade/preflight] Running preflight checks",
      "[dryrun] Would perform action GET on resource "configmaps" in API group "core/v1"",
      "[dryrun] Would perform action LIST on resource "deployments" in API group "apps/v1"",
      "[dryrun] Would perform action GET on resource "configmaps" in API group "core/v1"",
      "[dryrun] Would perform action LIST on resource "deployments" in API group "apps/v1"",
      "[upgrade] Running cluster health checks",
      "[dryrun] Would perform action LIST on resource "nodes" in API group "core/v1"",
      "[dryrun] Would perform action CREATE on resource "jobs" in API group "batch/v1"",
      "[dryrun] Would perform action GET on resource "jobs" in API group "batch/v1"",
      "[dryrun] Would perform action LIST on resource "nodes" in API group "core/v1"",
      "[dryrun] would check if /etc/kubernetes/manifests/kube-apiserver.yaml exists",
      "[dryrun] would check if /etc/kubernetes/manifests/kube-controller-manager.yaml exists",
      "[dryrun] would check if /etc/kubernetes/manifests/kube-scheduler.yaml exists",
      "[upgrade/preflight] You have chosen to upgrade the cluster version to "v1.36.4"",
      "[upgrade/versions] Cluster version: v1.36.4",
      "[upgrade/versions] kubeadm version: v1.36.4",
      "[dryrun] Would perform action LIST on resource "nodes" in API group "core/v1"",
      "[dryrun] Would pull the required images (like 'kubeadm config images pull')",
      "[dryrun] Would upgrade your static Pod-hosted control plane to version "v1.36.4"[dryrun] Would write file "/etc/kubernetes/manifests/kube-apiserver.yaml" with content:",
      "[dryrun] Would upload the kubeadm ClusterConfiguration to a ConfigMap",
      "[dryrun] Would upload the kubelet configuration to a ConfigMap",
      "[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!",
      "[dryrun] Would back up kubelet config file to /etc/kubernetes/tmp/kubeadm-upgrade-apply-dryrun…",
      "[dryrun] would read the flag --container-runtime-endpoint value from "kubeadm-flags.env", which is missing. Using default socket "unix:///var/run/containerd/containerd.sock" instead[kubelet-start] Writing kubelet configuration to file "/etc/kubernetes/tmp/kubeadm-upgrade-apply-dryrun…",
      "[dryrun] Would perform action GET on resource "nodes" in API group "core/v1"",
      "[dryrun] Would perform action PATCH on resource "nodes" in API group "core/v1"",
      "[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!",
      "[dryrun] Would configure bootstrap token and cluster-info RBAC rules",
      "[dryrun] Would perform action LIST on resource "pods" in API group "core/v1"",
      "[dryrun] Would perform action LIST on resource "pods" in API group "core/v1"",
      "[upgrade/successful] Finished dryrunning successfully!",
    ]
  `)
  expect(world.sh('kubeadm token create abcdef.0123456789abcdef --dry-run').exit).toBe(0)
  expect(
    world.sh('kubectl -n kube-system get secret bootstrap-token-abcdef; ls /etc/kubernetes/manifests').stdout,
  ).toBe('etcd.yaml\nkube-apiserver.yaml\nkube-controller-manager.yaml\nkube-scheduler.yaml\n')
})
