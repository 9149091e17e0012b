import type { enabledPlugins } from '../../api/admission/order.ts'
import type { Klog, KlogLevel } from '../lib/klog.ts'
import type { ApiServerFlags } from './flags.ts'

type Line = readonly [KlogLevel, string, string]

const handler = (group: string, version: string, ...skipped: string[]): Line[] => [
  ['I', 'handler.go:304', `Adding GroupVersion ${group} ${version} to ResourceManager`],
  ...skipped.map(
    (v): Line => ['W', 'genericapiserver.go:835', `Skipping API ${group}/${v} because it has no resources.`],
  ),
]

const waiting: Line = ['I', 'shared_informer.go:402', '"Waiting for caches to sync"']
const synced: Line = ['I', 'shared_informer.go:409', '"Caches are synced"']

/** Between the first answer of etcd and the open door. */
export function installLines(plugins: ReturnType<typeof enabledPlugins>): Line[] {
  const { mutating, validating } = plugins
  const loaded = (what: string, names: readonly string[]) =>
    `Loaded ${names.length} ${what} admission controller(s) successfully in the following order: ${names.join(',')}.`
  return [
    waiting,
    ['I', 'plugins.go:157', loaded('mutating', mutating)],
    ['I', 'plugins.go:160', loaded('validating', validating)],
    ['I', 'instance.go:240', 'Using reconciler: lease'],
    waiting,
    ...handler('apiextensions.k8s.io', 'v1', 'v1beta1'),
    ['I', 'cidrallocator.go:198', 'starting ServiceCIDR Allocator Controller'],
    ...handler('', 'v1'),
    ['I', 'apis.go:112', 'API group "internal.apiserver.k8s.io" is not enabled, skipping.'],
    ['I', 'apis.go:112', 'API group "storagemigration.k8s.io" is not enabled, skipping.'],
    ...handler('authentication.k8s.io', 'v1', 'v1beta1', 'v1alpha1'),
    ...handler('authorization.k8s.io', 'v1', 'v1beta1'),
    ...handler('autoscaling', 'v2'),
    ...handler('autoscaling', 'v1'),
    ...handler('batch', 'v1', 'v1beta1'),
    ...handler('certificates.k8s.io', 'v1', 'v1beta1', 'v1alpha1'),
    ...handler('coordination.k8s.io', 'v1', 'v1beta1', 'v1alpha2'),
    ...handler('discovery.k8s.io', 'v1', 'v1beta1'),
    ...handler('networking.k8s.io', 'v1', 'v1beta1'),
    ...handler('node.k8s.io', 'v1', 'v1beta1', 'v1alpha1'),
    ...handler('policy', 'v1', 'v1beta1'),
    ...handler('rbac.authorization.k8s.io', 'v1', 'v1beta1', 'v1alpha1'),
    ...handler('scheduling.k8s.io', 'v1', 'v1beta1', 'v1alpha2'),
    ...handler('storage.k8s.io', 'v1', 'v1beta1', 'v1alpha1'),
    ...handler('flowcontrol.apiserver.k8s.io', 'v1', 'v1beta3', 'v1beta2', 'v1beta1'),
    ...handler('apps', 'v1', 'v1beta2', 'v1beta1'),
    ...handler('admissionregistration.k8s.io', 'v1', 'v1beta1', 'v1alpha1'),
    ...handler('events.k8s.io', 'v1', 'v1beta1'),
    ...handler('resource.k8s.io', 'v1', 'v1beta2', 'v1beta1', 'v1alpha3'),
    ...handler('apiregistration.k8s.io', 'v1', 'v1beta1'),
  ]
}

/** From the open door to the end of the post-start hooks. */
export function servingLines(flags: ApiServerFlags, address: string, lease: string): Line[] {
  const starting = (name: string): Line => [
    'I',
    'dynamic_cafile_content.go:161',
    `"Starting controller" name="${name}"`,
  ]
  const requestHeader = flags.get('requestheader-client-ca-file')
  const clientCa = flags.get('client-ca-file')
  const content = (name: string): Line => [
    'I',
    'dynamic_serving_content.go:135',
    `"Starting controller" name="${name}"`,
  ]
  const proxy = flags.get('proxy-client-cert-file')
  return [
    ...(requestHeader ? [starting(`request-header::${requestHeader}`)] : []),
    ...(clientCa ? [starting(`client-ca-bundle::${clientCa}`)] : []),
    content(`serving-cert::${flags.get('tls-cert-file')}::${flags.get('tls-private-key-file')}`),
    ['I', 'secure_serving.go:214', `Serving securely on ${address}`],
    ['I', 'tlsconfig.go:243', '"Starting DynamicServingCertificateController"'],
    ...(proxy ? [content(`aggregator-proxy-cert::${proxy}::${flags.get('proxy-client-key-file')}`)] : []),
    ['I', 'remote_available_controller.go:456', 'Starting RemoteAvailability controller'],
    ['I', 'cache.go:32', 'Waiting for caches to sync for RemoteAvailability controller'],
    ['I', 'apiservice_controller.go:100', 'Starting APIServiceRegistrationController'],
    ['I', 'cache.go:32', 'Waiting for caches to sync for APIServiceRegistrationController controller'],
    ['I', 'controller.go:127', '"Starting legacy_token_tracking_controller"'],
    waiting,
    ['I', 'aggregator.go:185', 'waiting for initial CRD sync...'],
    ['I', 'system_namespaces_controller.go:66', 'Starting system namespaces controller'],
    ['I', 'controller.go:89', '"Starting OpenAPI V3 AggregationController"'],
    ['I', 'gc_controller.go:85', '"Starting apiserver lease garbage collector"'],
    ['I', 'controller.go:87', '"Starting OpenAPI AggregationController"'],
    ['I', 'local_available_controller.go:156', 'Starting LocalAvailability controller'],
    ['I', 'cache.go:32', 'Waiting for caches to sync for LocalAvailability controller'],
    ['I', 'customresource_discovery_controller.go:294', 'Starting DiscoveryController'],
    ['I', 'storage_readiness_hook.go:70', 'Storage is ready for all registered resources'],
    ['I', 'apf_controller.go:377', 'Starting API Priority and Fairness config controller'],
    [
      'I',
      'cluster_authentication_trust_controller.go:459',
      'Starting cluster_authentication_trust_controller controller',
    ],
    waiting,
    ['I', 'controller.go:113', `"Deleting old lease on startup" lease="kube-system/${lease}"`],
    ['I', 'controller.go:142', 'Starting OpenAPI controller'],
    ['I', 'controller.go:90', 'Starting OpenAPI V3 controller'],
    ['I', 'naming_controller.go:305', 'Starting NamingConditionController'],
    ['I', 'nonstructuralschema_controller.go:202', 'Starting NonStructuralSchemaConditionController'],
    ['I', 'apiapproval_controller.go:196', 'Starting KubernetesAPIApprovalPolicyConformantConditionController'],
    ['I', 'crd_finalizer.go:276', '"Starting CRDFinalizer"'],
    ['I', 'default_servicecidr_controller.go:110', '"Starting" controller="kubernetes-service-cidr-controller"'],
    waiting,
    ['I', 'repairip.go:210', 'Starting ipallocator-repair-controller'],
    ['I', 'shared_informer.go:381', '"Waiting for caches to sync" controller="ipallocator-repair-controller"'],
    ['I', 'crdregistration_controller.go:115', 'Starting crd-autoregister controller'],
    ['I', 'shared_informer.go:381', '"Waiting for caches to sync" controller="crd-autoregister"'],
    ['I', 'shared_informer.go:388', '"Caches are synced" controller="crd-autoregister"'],
    ['I', 'aggregator.go:187', 'initial CRD sync complete...'],
    ['I', 'autoregister_controller.go:144', 'Starting autoregister controller'],
    ['I', 'cache.go:32', 'Waiting for caches to sync for autoregister controller'],
    ['I', 'cache.go:39', 'Caches are synced for autoregister controller'],
    ['I', 'cache.go:39', 'Caches are synced for APIServiceRegistrationController controller'],
    ['I', 'cache.go:39', 'Caches are synced for RemoteAvailability controller'],
    ['I', 'apf_controller.go:382', 'Running API Priority and Fairness config worker'],
    ['I', 'apf_controller.go:385', 'Running API Priority and Fairness periodic rebalancing process'],
    synced,
    ['I', 'shared_informer.go:388', '"Caches are synced" controller="ipallocator-repair-controller"'],
    ['I', 'cache.go:39', 'Caches are synced for LocalAvailability controller'],
    ['I', 'handler_discovery.go:459', 'Starting ResourceDiscoveryManager'],
    synced,
    ['I', 'policy_source.go:248', 'refreshing policies'],
    synced,
    ['I', 'controller.go:667', 'quota admission added evaluator for: leases.coordination.k8s.io'],
    [
      'I',
      'cidrallocator.go:302',
      `created ClusterIP allocator for Service CIDR ${flags.get('service-cluster-ip-range')}`,
    ],
    ['I', 'shared_informer.go:388', '"Caches are synced" controller="node_authorizer"'],
    ['I', 'storage_scheduling.go:153', 'all system priority classes are created successfully or already exist.'],
  ]
}

const closed = (name: string): Line => [
  'I',
  'dynamic_cafile_content.go:175',
  `"Shutting down controller" name="${name}"`,
]

/** After SIGTERM or SIGINT; `left`: endpoints of the Service `kubernetes` that remain, undefined when etcd was silent. */
export function shutdownLines(
  flags: ApiServerFlags,
  address: string,
  lease: string,
  left: readonly string[] | undefined,
): Line[] {
  const ca = `client-ca-bundle::${flags.get('client-ca-file')}`
  const front = flags.get('requestheader-client-ca-file')
  const proxy = flags.get('proxy-client-cert-file')
  return [
    ['I', 'controller.go:136', `"Cleaning up lease on exit" lease="kube-system/${lease}"`],
    ['I', 'controller.go:128', 'Shutting down kubernetes service endpoint reconciler'],
    ...(left
      ? [['W', 'lease.go:265', `Resetting endpoints for master service "kubernetes" to [${left.join(' ')}]`] as const]
      : []),
    ['I', 'peer_endpoint_lease.go:175', 'Shutting down peer endpoint lease reconciler'],
    ['I', 'apiapproval_controller.go:208', 'Shutting down KubernetesAPIApprovalPolicyConformantConditionController'],
    ['I', 'nonstructuralschema_controller.go:214', 'Shutting down NonStructuralSchemaConditionController'],
    ['I', 'naming_controller.go:316', 'Shutting down NamingConditionController'],
    ['I', 'controller.go:120', 'Shutting down OpenAPI V3 controller'],
    ['I', 'controller.go:170', 'Shutting down OpenAPI controller'],
    ['I', 'crd_finalizer.go:288', '"Shutting down CRDFinalizer"'],
    ['I', 'apiservice_controller.go:134', 'Shutting down APIServiceRegistrationController'],
    ['I', 'autoregister_controller.go:168', 'Shutting down autoregister controller'],
    ['I', 'local_available_controller.go:172', 'Shutting down LocalAvailability controller'],
    ['I', 'storage_flowcontrol.go:165', 'APF bootstrap ensurer is exiting'],
    ['I', 'crdregistration_controller.go:146', 'Shutting down crd-autoregister controller'],
    ['I', 'customresource_discovery_controller.go:332', 'Shutting down DiscoveryController'],
    ['I', 'gc_controller.go:98', '"Shutting down apiserver lease garbage collector"'],
    ['I', 'controller.go:140', '"Ending legacy_token_tracking_controller"'],
    ['I', 'controller.go:141', '"Shutting down legacy_token_tracking_controller"'],
    ['I', 'apf_controller.go:389', 'Shutting down API Priority and Fairness config worker'],
    ['I', 'remote_available_controller.go:472', 'Shutting down RemoteAvailability controller'],
    [
      'I',
      'cluster_authentication_trust_controller.go:482',
      'Shutting down cluster_authentication_trust_controller controller',
    ],
    ['I', 'system_namespaces_controller.go:76', 'Shutting down system namespaces controller'],
    ['I', 'default_servicecidr_controller.go:113', '"Shutting down" controller="kubernetes-service-cidr-controller"'],
    ['I', 'object_count_tracker.go:141', '"StorageObjectCountTracker pruner is exiting"'],
    ['I', 'controller.go:95', '"Shutting down OpenAPI V3 AggregationController"'],
    ...(front ? [closed(`request-header::${front}`)] : []),
    closed(ca),
    ...(front ? [closed(`request-header::${front}`)] : []),
    ['I', 'controller.go:93', '"Shutting down OpenAPI AggregationController"'],
    closed(ca),
    ['I', 'controller.go:157', 'Shutting down quota evaluator'],
    ...Array.from({ length: 5 }, (): Line => ['I', 'controller.go:176', 'quota evaluator worker shutdown']),
    ...(proxy
      ? [
          [
            'I',
            'dynamic_serving_content.go:149',
            `"Shutting down controller" name="aggregator-proxy-cert::${proxy}::${flags.get('proxy-client-key-file')}"`,
          ] as const,
        ]
      : []),
    ['I', 'repairip.go:246', 'Shutting down ipallocator-repair-controller'],
    ['I', 'secure_serving.go:262', `Stopped listening on ${address}`],
    ['I', 'tlsconfig.go:258', '"Shutting down DynamicServingCertificateController"'],
    [
      'I',
      'dynamic_serving_content.go:149',
      `"Shutting down controller" name="serving-cert::${flags.get('tls-cert-file')}::${flags.get('tls-private-key-file')}"`,
    ],
    ['I', 'cidrallocator.go:211', 'stopping ServiceCIDR Allocator Controller'],
  ]
}

/** Writes them in their order. */
export function writeLines(log: Klog, lines: readonly Line[]): void {
  for (const [level, place, message] of lines) log.write(level, place, message)
}
