import { type Document, type Fields, LOGGING, withDefaults } from '../lib/component-config.ts'

const text = (...names: string[]): Fields => names.map((name) => [name, 'always', ''] as const)
const flag = (...names: string[]): Fields => names.map((name) => [name, 'always', false] as const)

/** When a mode other than the one in use would sync is not kept. */
const periods = (inUse: boolean): Fields => [
  ['syncPeriod', 'time', inUse ? '30s' : '0s'],
  ['minSyncPeriod', 'time', inUse ? '1s' : '0s'],
]

/** Fields in Go's order with their defaults: kube-proxy/config/v1alpha1/types.go, apis/config/v1alpha1/defaults.go. */
const fields = (mode: string): Fields => [
  ['featureGates', 'plain'],
  [
    'clientConnection',
    [
      ...text('kubeconfig', 'acceptContentTypes'),
      ['contentType', 'always', 'application/vnd.kubernetes.protobuf'],
      ['qps', 'always', 5],
      ['burst', 'always', 10],
    ],
  ],
  ['logging', LOGGING],
  ...text('hostnameOverride'),
  ['bindAddress', 'always', '0.0.0.0'],
  ['healthzBindAddress', 'always', '0.0.0.0:10256'],
  ['metricsBindAddress', 'always', '127.0.0.1:10249'],
  ...flag('bindAddressHardFail', 'enableProfiling'),
  ...text('showHiddenMetricsForVersion'),
  ['mode', 'always', 'iptables'],
  [
    'iptables',
    [
      ['masqueradeBit', 'optional', 14],
      ...flag('masqueradeAll'),
      ['localhostNodePorts', 'optional', true],
      ...periods(mode === 'iptables'),
    ],
  ],
  [
    'ipvs',
    [
      ['syncPeriod', 'time', mode === 'ipvs' ? '30s' : '0s'],
      ['minSyncPeriod', 'time'],
      ...text('scheduler'),
      ['excludeCIDRs', 'always', null],
      ...flag('strictARP'),
      ['tcpTimeout', 'time'],
      ['tcpFinTimeout', 'time'],
      ['udpTimeout', 'time'],
    ],
  ],
  ['nftables', [['masqueradeBit', 'optional', 14], ...flag('masqueradeAll'), ...periods(mode === 'nftables')]],
  [
    'winkernel',
    [
      ...text('networkName', 'sourceVip'),
      ...flag('enableDSR'),
      ...text('rootHnsEndpointName'),
      ...flag('forwardHealthCheckVip'),
    ],
  ],
  ['detectLocalMode', 'always', 'ClusterCIDR'],
  ['detectLocal', text('bridgeInterface', 'interfaceNamePrefix')],
  ...text('clusterCIDR'),
  ['nodePortAddresses', 'always', mode === 'nftables' ? ['primary'] : null],
  ['oomScoreAdj', 'optional', -999],
  [
    'conntrack',
    [
      ['maxPerCore', 'optional', 32_768],
      ['min', 'optional', 131_072],
      ['tcpEstablishedTimeout', 'optional time', '24h0m0s'],
      ['tcpCloseWaitTimeout', 'optional time', '1h0m0s'],
      ...flag('tcpBeLiberal'),
      ['udpTimeout', 'time'],
      ['udpStreamTimeout', 'time'],
    ],
  ],
  ['configSyncPeriod', 'time', '15m0s'],
  ...text('portRange'),
]

/** What /configz of kube-proxy shows: the document that it was started with, and its defaults. */
export const configz = (document: Document, mode: string): string =>
  JSON.stringify({
    'kubeproxy.config.k8s.io': {
      kind: 'KubeProxyConfiguration',
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      ...withDefaults(fields(mode), document),
    },
  })
