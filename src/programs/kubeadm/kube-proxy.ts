import type { KubeObject } from '../../kinds/index.ts'
import { writeYaml } from '../../print/index.ts'
import { over } from './component-config.ts'
import { componentHash, configMap } from './config.ts'
import { BOOTSTRAP_GROUP, clusterRoleBinding, getNamed, group, serviceAccount } from './rbac.ts'
import type { ClusterSettings } from './settings.ts'

/** KubeProxyConfiguration where nobody asked for anything else. */
const standard = (cluster: ClusterSettings): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  bindAddress: '0.0.0.0',
  bindAddressHardFail: false,
  clientConnection: {
    acceptContentTypes: '',
    burst: 0,
    contentType: '',
    kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf',
    qps: 0,
  },
  clusterCIDR: cluster.podSubnet,
  configSyncPeriod: '0s',
  conntrack: {
    maxPerCore: null,
    min: null,
    tcpBeLiberal: false,
    tcpCloseWaitTimeout: null,
    tcpEstablishedTimeout: null,
    udpStreamTimeout: '0s',
    udpTimeout: '0s',
  },
  detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
  detectLocalMode: '',
  enableProfiling: false,
  healthzBindAddress: '',
  hostnameOverride: '',
  iptables: {
    localhostNodePorts: null,
    masqueradeAll: false,
    masqueradeBit: null,
    minSyncPeriod: '0s',
    syncPeriod: '0s',
  },
  ipvs: {
    excludeCIDRs: null,
    minSyncPeriod: '0s',
    scheduler: '',
    strictARP: false,
    syncPeriod: '0s',
    tcpFinTimeout: '0s',
    tcpTimeout: '0s',
    udpTimeout: '0s',
  },
  kind: 'KubeProxyConfiguration',
  logging: {
    flushFrequency: 0,
    options: { json: { infoBufferSize: '0' }, text: { infoBufferSize: '0' } },
    verbosity: 0,
  },
  metricsBindAddress: '',
  mode: '',
  nftables: { masqueradeAll: false, masqueradeBit: null, minSyncPeriod: '0s', syncPeriod: '0s' },
  nodePortAddresses: null,
  oomScoreAdj: null,
  portRange: '',
  showHiddenMetricsForVersion: '',
  winkernel: {
    enableDSR: false,
    forwardHealthCheckVip: false,
    networkName: '',
    rootHnsEndpointName: '',
    sourceVip: '',
  },
})

/** KubeProxyConfiguration as kubeadm marshals it, without the final newline. */
export const kubeProxyConfig = (cluster: ClusterSettings): string =>
  writeYaml(over(standard(cluster), cluster.kubeProxy ?? {})).trimEnd()

/** kubeconfig.conf of kube-proxy's ConfigMap. */
export const kubeProxyKubeconfig = (server: string): string => `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: ${server}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token`

const LABELS = { 'k8s-app': 'kube-proxy' }

const daemonSet = (cluster: ClusterSettings): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { labels: LABELS, name: 'kube-proxy', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: LABELS },
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: LABELS },
      spec: {
        priorityClassName: 'system-node-critical',
        containers: [
          {
            name: 'kube-proxy',
            image: `${cluster.imageRepository}/kube-proxy:${cluster.kubernetesVersion}`,
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            securityContext: { privileged: true },
            volumeMounts: [
              { mountPath: '/var/lib/kube-proxy', name: 'kube-proxy' },
              { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
              { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          },
        ],
        hostNetwork: true,
        serviceAccountName: 'kube-proxy',
        volumes: [
          { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
          { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
        ],
        tolerations: [{ operator: 'Exists' }],
        nodeSelector: { 'kubernetes.io/os': 'linux' },
      },
    },
  },
})

/** init phase addon kube-proxy. `server`: the control plane's URL. */
export function kubeProxyAddon(cluster: ClusterSettings, server: string): KubeObject[] {
  const config = kubeProxyConfig(cluster)
  const data = { 'config.conf': config, 'kubeconfig.conf': kubeProxyKubeconfig(server) }
  const annotations = {
    'kubeadm.kubernetes.io/component-config.hash': componentHash(data['config.conf'] + data['kubeconfig.conf']),
  }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kube-proxy', namespace: 'kube-system' } },
    configMap('kube-proxy', 'kube-system', data, { annotations, labels: { app: 'kube-proxy' } }),
    daemonSet(cluster),
    clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', serviceAccount('kube-proxy')),
    ...getNamed('kube-proxy', 'kube-system', 'configmaps', 'kube-proxy', group(BOOTSTRAP_GROUP)),
  ]
}
