import type { Field, ObjectSchema, Schema } from '../../../kinds/index.ts'

/**
 * The Go types of kubeadm.k8s.io/v1beta4 (apis/kubeadm/v1beta4/types.go): `field:type`. Types: s(tring), b(ool), i(nt32), d(uration),
 * `[x]` a list, `{x}` a map, else another struct; `field<Struct` comes from an embedded struct.
 */
const TYPES: Readonly<Record<string, string>> = {
  InitConfiguration:
    'bootstrapTokens:[BootstrapToken] dryRun:b nodeRegistration:NodeRegistrationOptions localAPIEndpoint:APIEndpoint certificateKey:s skipPhases:[s] patches:Patches timeouts:Timeouts',
  ClusterConfiguration:
    'etcd:Etcd networking:Networking kubernetesVersion:s controlPlaneEndpoint:s apiServer:APIServer controllerManager:ControlPlaneComponent scheduler:ControlPlaneComponent dns:DNS proxy:Proxy certificatesDir:s imageRepository:s featureGates:{b} clusterName:s encryptionAlgorithm:s certificateValidityPeriod:d caCertificateValidityPeriod:d',
  JoinConfiguration:
    'dryRun:b nodeRegistration:NodeRegistrationOptions caCertPath:s discovery:Discovery controlPlane:JoinControlPlane skipPhases:[s] patches:Patches timeouts:Timeouts',
  ResetConfiguration:
    'cleanupTmpDir:b certificatesDir:s criSocket:s dryRun:b force:b ignorePreflightErrors:[s] skipPhases:[s] unmountFlags:[s] timeouts:Timeouts',
  UpgradeConfiguration:
    'apply:UpgradeApplyConfiguration diff:UpgradeDiffConfiguration node:UpgradeNodeConfiguration plan:UpgradePlanConfiguration timeouts:Timeouts',
  BootstrapToken: 'token:t description:s ttl:d expires:s usages:[s] groups:[s]',
  ControlPlaneComponent: 'extraArgs:[Arg] extraVolumes:[HostPathMount] extraEnvs:[EnvVar]',
  APIServer:
    'extraArgs<ControlPlaneComponent:[Arg] extraVolumes<ControlPlaneComponent:[HostPathMount] extraEnvs<ControlPlaneComponent:[EnvVar] certSANs:[s]',
  DNS: 'imageRepository<ImageMeta:s imageTag<ImageMeta:s disabled:b',
  Proxy: 'disabled:b',
  APIEndpoint: 'advertiseAddress:s bindPort:i',
  NodeRegistrationOptions:
    'name:s criSocket:s taints:[Taint] kubeletExtraArgs:[Arg] ignorePreflightErrors:[s] imagePullPolicy:s imagePullSerial:b',
  Taint: 'key:s value:s effect:s timeAdded:s',
  Networking: 'serviceSubnet:s podSubnet:s dnsDomain:s',
  Etcd: 'local:LocalEtcd external:ExternalEtcd',
  LocalEtcd:
    'imageRepository<ImageMeta:s imageTag<ImageMeta:s dataDir:s extraArgs:[Arg] extraEnvs:[EnvVar] serverCertSANs:[s] peerCertSANs:[s]',
  ExternalEtcd: 'endpoints:[s] httpEndpoints:[s] caFile:s certFile:s keyFile:s',
  JoinControlPlane: 'localAPIEndpoint:APIEndpoint certificateKey:s',
  Discovery: 'bootstrapToken:BootstrapTokenDiscovery file:FileDiscovery tlsBootstrapToken:s',
  BootstrapTokenDiscovery: 'token:s apiServerEndpoint:s caCertHashes:[s] unsafeSkipCAVerification:b',
  FileDiscovery: 'kubeConfigPath:s',
  HostPathMount: 'name:s hostPath:s mountPath:s readOnly:b pathType:s',
  Patches: 'directory:s',
  Arg: 'name:s value:s',
  EnvVar: 'name<EnvVar:s value<EnvVar:s valueFrom<EnvVar:any',
  Timeouts:
    'controlPlaneComponentHealthCheck:d kubeletHealthCheck:d kubernetesAPICall:d etcdAPICall:d tlsBootstrap:d discovery:d upgradeManifests:d',
  UpgradeApplyConfiguration:
    'kubernetesVersion:s allowExperimentalUpgrades:b allowRCUpgrades:b certificateRenewal:b dryRun:b etcdUpgrade:b forceUpgrade:b ignorePreflightErrors:[s] patches:Patches printConfig:b skipPhases:[s] imagePullPolicy:s imagePullSerial:b',
  UpgradeDiffConfiguration: 'kubernetesVersion:s contextLines:i',
  UpgradeNodeConfiguration:
    'certificateRenewal:b dryRun:b etcdUpgrade:b ignorePreflightErrors:[s] skipPhases:[s] patches:Patches imagePullPolicy:s imagePullSerial:b',
  UpgradePlanConfiguration:
    'kubernetesVersion:s allowExperimentalUpgrades:b allowRCUpgrades:b dryRun:b etcdUpgrade:b ignorePreflightErrors:[s] printConfig:b',
}

/** Kinds of kubeadm.k8s.io that a file may hold. */
export const KINDS = [
  'ClusterConfiguration',
  'InitConfiguration',
  'JoinConfiguration',
  'ResetConfiguration',
  'UpgradeConfiguration',
] as const

const SCALARS: Readonly<Record<string, Schema>> = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'int32' },
  // These two decode themselves: see problem() in read.ts.
  d: { type: 'string', name: 'duration' },
  t: { type: 'string', name: 'token' },
  any: { type: 'any' },
}

function schemaOf(type: string): Schema {
  if (type.startsWith('[')) return { type: 'list', items: schemaOf(type.slice(1, -1)) }
  if (type.startsWith('{')) return { type: 'map', items: schemaOf(type.slice(1, -1)) }
  return SCALARS[type] ?? struct(type)
}

function struct(name: string): ObjectSchema {
  const fields = (TYPES[name] ?? '').split(' ').map((entry): [string, Field] => {
    const [, field, embedded, type] = /^(\w+)(?:<(\w+))?:(.*)$/.exec(entry)!
    const schema = schemaOf(type)
    return [
      field,
      {
        name: field,
        required: false,
        schema,
        empty: 'keep',
        enum: undefined,
        listType: 'atomic',
        keys: [],
        patchStrategy: [],
        mergeKey: undefined,
        atomicMap: false,
        embedded,
      },
    ]
  })
  return {
    type: 'object',
    model: `kubeadm.${name}`,
    name,
    goPackage: 'v1beta4',
    atomic: false,
    fields: new Map(fields),
  }
}

const built = new Map<string, ObjectSchema>()

/** The type behind a kind of kubeadm.k8s.io, with apiVersion and kind; undefined: there is none. */
export function typeOf(kind: string): ObjectSchema | undefined {
  if (!(KINDS as readonly string[]).includes(kind)) return undefined
  let schema = built.get(kind)
  if (!schema) {
    const plain = struct(kind)
    const meta = struct('Arg').fields.get('name')!
    const fields = new Map(plain.fields)
    for (const name of ['apiVersion', 'kind']) fields.set(name, { ...meta, name })
    schema = { ...plain, fields }
    built.set(kind, schema)
  }
  return schema
}
