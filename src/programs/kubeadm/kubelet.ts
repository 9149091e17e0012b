import { goQuote, writeYaml } from '../../print/index.ts'
import { over } from './component-config.ts'
import { argValue, type ClusterSettings, commandLine, dnsServiceIp, type NodeSettings } from './settings.ts'

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

/** The configuration of a kubelet, without its machine's runtime endpoint. */
export const kubeletConfiguration = (
  cluster: ClusterSettings,
  { resolvConf, kubelet = {} }: Pick<NodeSettings, 'resolvConf' | 'kubelet'>,
): Record<string, unknown> => ({
  ...over(configuration(cluster, '', resolvConf), kubelet),
  // Kubeadm cannot tell "no" from nothing said.
  rotateCertificates: true,
})

/** Text of `/var/lib/kubelet/config.yaml`: the shared configuration patched with this machine's runtime endpoint. */
export const kubeletConfig = (cluster: ClusterSettings, node: NodeSettings): string =>
  writeYaml({ ...kubeletConfiguration(cluster, node), containerRuntimeEndpoint: node.criSocket })

/** The shared configuration, as the ConfigMap `kubelet-config` holds it. */
export const sharedKubeletConfig = (
  cluster: ClusterSettings,
  resolvConf?: string,
  kubelet?: Readonly<Record<string, unknown>>,
): string => writeYaml(kubeletConfiguration(cluster, { resolvConf, kubelet }))

/** Text of `/var/lib/kubelet/instance-config.yaml`. */
export const instanceConfig = (node: NodeSettings): string => `containerRuntimeEndpoint: "${node.criSocket}"\n`

/** Text of `/var/lib/kubelet/kubeadm-flags.env`. */
export function kubeadmFlags({ name, hostname, kubeletExtraArgs, registerTaints = [] }: NodeSettings): string {
  const called = argValue(kubeletExtraArgs, 'hostname-override') ?? name
  const args = commandLine(
    {
      ...(called === hostname ? {} : { 'hostname-override': called }),
      ...(registerTaints.length > 0 ? { 'register-with-taints': registerTaints.join(',') } : {}),
    },
    kubeletExtraArgs,
  )
  return `KUBELET_KUBEADM_ARGS=${goQuote(args.join(' '))}\n`
}

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
