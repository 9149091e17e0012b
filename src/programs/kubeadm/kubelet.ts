import { writeYaml } from '../../print/index.ts'
import { type ClusterSettings, dnsServiceIp, type NodeSettings } from './settings.ts'

/** KubeletConfiguration as kubeadm marshals it: zero values and all. */
function configuration(cluster: ClusterSettings, endpoint: string, resolvConf?: string): Record<string, unknown> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    authentication: {
      anonymous: { enabled: false },
      webhook: { cacheTTL: '0s', enabled: true },
      x509: { clientCAFile: `${cluster.certificatesDir}/ca.crt` },
    },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '0s', cacheUnauthorizedTTL: '0s' } },
    cgroupDriver: 'systemd',
    clusterDNS: [dnsServiceIp(cluster)],
    clusterDomain: cluster.dnsDomain,
    containerRuntimeEndpoint: endpoint,
    cpuManagerReconcilePeriod: '0s',
    crashLoopBackOff: {},
    evictionPressureTransitionPeriod: '0s',
    fileCheckFrequency: '0s',
    healthzBindAddress: '127.0.0.1',
    healthzPort: 10248,
    httpCheckFrequency: '0s',
    imageMaximumGCAge: '0s',
    imageMinimumGCAge: '0s',
    kind: 'KubeletConfiguration',
    logging: {
      flushFrequency: 0,
      options: { json: { infoBufferSize: '0' }, text: { infoBufferSize: '0' } },
      verbosity: 0,
    },
    memorySwap: {},
    nodeStatusReportFrequency: '0s',
    nodeStatusUpdateFrequency: '0s',
    ...(resolvConf ? { resolvConf } : {}),
    rotateCertificates: true,
    runtimeRequestTimeout: '0s',
    shutdownGracePeriod: '0s',
    shutdownGracePeriodCriticalPods: '0s',
    staticPodPath: '/etc/kubernetes/manifests',
    streamingConnectionIdleTimeout: '0s',
    syncFrequency: '0s',
    volumeStatsAggPeriod: '0s',
  }
}

const sortedKeys = (o: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Text of `/var/lib/kubelet/config.yaml`: the shared configuration patched with this machine's runtime endpoint. */
export const kubeletConfig = (cluster: ClusterSettings, node: NodeSettings): string =>
  writeYaml(sortedKeys({ ...configuration(cluster, node.criSocket, node.resolvConf), ...node.kubelet }))

/** The shared configuration, as the ConfigMap `kubelet-config` holds it. */
export const sharedKubeletConfig = (
  cluster: ClusterSettings,
  resolvConf?: string,
  more: Readonly<Record<string, unknown>> = {},
): string => writeYaml(sortedKeys({ ...configuration(cluster, '', resolvConf), ...more }))

/** Text of `/var/lib/kubelet/instance-config.yaml`. */
export const instanceConfig = (node: NodeSettings): string => `containerRuntimeEndpoint: "${node.criSocket}"\n`

/** Text of `/var/lib/kubelet/kubeadm-flags.env`. */
export const kubeadmFlags = (node: NodeSettings): string =>
  `KUBELET_KUBEADM_ARGS="${node.name === node.hostname ? '' : `--hostname-override=${node.name}`}"\n`

/** The package's unit: `/usr/lib/systemd/system/kubelet.service`. */
export const KUBELET_SERVICE = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`

/** The package's drop-in: `/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf`. */
export const KUBEADM_DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`
