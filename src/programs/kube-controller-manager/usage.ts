import { gateLines } from '../lib/feature-gates.ts'

/** The usage page that kube-controller-manager 1.36 prints before it refuses an unknown flag; its flags are parsed from it. */
export const USAGE = `Usage:
  kube-controller-manager [flags]

Debugging flags:

      --contention-profiling   Enable block profiling, if profiling is enabled
      --profiling              Enable profiling via web interface host:port/debug/pprof/ (default true)

Leader-migration flags:

      --enable-leader-migration          Whether to enable controller leader migration.
      --leader-migration-config string   Path to the config file for controller leader migration, or empty to use the value that reflects default configuration of the controller manager. The config file should be of type LeaderMigrationConfiguration, group controllermanager.config.k8s.io, version v1alpha1.

Generic flags:

      --allocate-node-cidrs                                Should CIDRs for Pods be allocated and set on the cloud provider. Requires --cluster-cidr.
      --cidr-allocator-type string                         Type of CIDR allocator to use (default "RangeAllocator")
      --cloud-config string                                The path to the cloud provider configuration file. Empty string for no configuration file.
      --cloud-provider string                              The provider for cloud services. Empty string for no provider.
      --cluster-cidr string                                CIDR Range for Pods in cluster. Only used when --allocate-node-cidrs=true; if false, this option will be ignored.
      --cluster-name string                                The instance prefix for the cluster. (default "kubernetes")
      --configure-cloud-routes                             Should CIDRs allocated by allocate-node-cidrs be configured on the cloud provider. (default true)
      --controller-shutdown-timeout duration               Time to wait for the controllers to shut down before terminating the executable (default 10s)
      --controller-start-interval duration                 Interval between starting controller managers.
      --controllers strings                                A list of controllers to enable. '*' enables all on-by-default controllers, 'foo' enables the controller named 'foo', '-foo' disables the controller named 'foo'.
                                                           All controllers: bootstrap-signer-controller, certificatesigningrequest-approving-controller, certificatesigningrequest-cleaner-controller, certificatesigningrequest-signing-controller, cloud-node-lifecycle-controller, clusterrole-aggregation-controller, cronjob-controller, daemonset-controller, deployment-controller, device-taint-eviction-controller, disruption-controller, endpoints-controller, endpointslice-controller, endpointslice-mirroring-controller, ephemeral-volume-controller, garbage-collector-controller, horizontal-pod-autoscaler-controller, job-controller, kube-apiserver-serving-clustertrustbundle-publisher-controller, legacy-serviceaccount-token-cleaner-controller, namespace-controller, node-ipam-controller, node-lifecycle-controller, node-route-controller, persistentvolume-attach-detach-controller, persistentvolume-binder-controller, persistentvolume-expander-controller, persistentvolume-protection-controller, persistentvolumeclaim-protection-controller, pod-garbage-collector-controller, podcertificaterequest-cleaner-controller, podgroup-protection-controller, replicaset-controller, replicationcontroller-controller, resourceclaim-controller, resourcepoolstatusrequest-controller, resourcequota-controller, root-ca-certificate-publisher-controller, selinux-warning-controller, service-ca-certificate-publisher-controller, service-cidr-controller, service-lb-controller, serviceaccount-controller, serviceaccount-token-controller, statefulset-controller, storage-version-migrator-controller, storageversion-garbage-collector-controller, taint-eviction-controller, token-cleaner-controller, ttl-after-finished-controller, ttl-controller, validatingadmissionpolicy-status-controller, volumeattributesclass-protection-controller
                                                           Disabled-by-default controllers: bootstrap-signer-controller, selinux-warning-controller, token-cleaner-controller (default [*])
      --emulated-version strings                           The versions different components emulate their capabilities (APIs, features, ...) of.
                                                           If set, the component will emulate the behavior of this version instead of the underlying binary version.
                                                           Version format could only be major.minor, for example: '--emulated-version=wardle=1.2,kube=1.31'.
                                                           Options are: kube=1.33..1.36(default:1.36)
                                                           If the component is not specified, defaults to "kube"
      --external-cloud-volume-plugin string                The plugin to use when cloud provider is set to external. Can be empty, should only be set when cloud-provider is external. Currently used to allow node-ipam-controller, persistentvolume-binder-controller, persistentvolume-expander-controller and attach-detach-controller to work for in tree cloud providers.
      --feature-gates colonSeparatedMultimapStringString   Comma-separated list of component:key=value pairs that describe feature gates for alpha/experimental features of different components.
                                                           If the component is not specified, defaults to "kube". This flag can be repeatedly invoked. For example: --feature-gates 'wardle:featureA=true,wardle:featureB=false' --feature-gates 'kube:featureC=true'Options are:
${gateLines()}
      --kube-api-burst int32                               Burst to use while talking with kubernetes apiserver. (default 30)
      --kube-api-content-type string                       Content type of requests sent to apiserver. (default "application/vnd.kubernetes.protobuf")
      --kube-api-qps float32                               QPS to use while talking with kubernetes apiserver. (default 20)
      --leader-elect                                       Start a leader election client and gain leadership before executing the main loop. Enable this when running replicated components for high availability. (default true)
      --leader-elect-lease-duration duration               The duration that non-leader candidates will wait after observing a leadership renewal until attempting to acquire leadership of a led but unrenewed leader slot. This is effectively the maximum duration that a leader can be stopped before it is replaced by another candidate. This is only applicable if leader election is enabled. (default 15s)
      --leader-elect-renew-deadline duration               The interval between attempts by the acting master to renew a leadership slot before it stops leading. This must be less than the lease duration. This is only applicable if leader election is enabled. (default 10s)
      --leader-elect-resource-lock string                  The type of resource object that is used for locking during leader election. Supported options are 'leases'. (default "leases")
      --leader-elect-resource-name string                  The name of resource object that is used for locking during leader election. (default "kube-controller-manager")
      --leader-elect-resource-namespace string             The namespace of resource object that is used for locking during leader election. (default "kube-system")
      --leader-elect-retry-period duration                 The duration the clients should wait between attempting acquisition and renewal of a leadership. This is only applicable if leader election is enabled. (default 2s)
      --min-compatibility-version strings                  The min version of control plane components the server should be compatible with.
                                                           Must be less or equal to the emulated-version. Version format could only be major.minor, for example: '--min-compatibility-version=wardle=1.2,kube=1.31'.
`
