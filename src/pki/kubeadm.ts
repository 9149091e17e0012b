import type { Rng } from '../kernel/index.ts'
import { type CertAndKey, type Certificate, createCertificate } from './certificate.ts'
import { CURVES } from './ecdsa.ts'
import { generateEcKey, generateRsaKey, randomSerial } from './generate.ts'
import type { PrivateKey } from './keys.ts'
import { goSubject } from './name.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Certificates begin this long before they are made (kubeadmconstants.CertificateBackdate). */
const BACKDATE = 5 * MINUTE
/** certificateValidityPeriod: 8760h. */
const CERT_VALIDITY = 8760 * HOUR
/** caCertificateValidityPeriod: 87600h. */
const CA_VALIDITY = 87600 * HOUR

/** What of a kubeadm configuration shows in certificates. */
export interface CertHost {
  /** nodeRegistration.name. */
  readonly nodeName: string
  /** localAPIEndpoint.advertiseAddress. */
  readonly advertiseAddress: string
  /** First address of the service network. */
  readonly apiServiceIp: string
  readonly dnsDomain: string
  /** Host of controlPlaneEndpoint, and apiServer.certSANs. */
  readonly extraSans: readonly string[]
  /** etcd.local.serverCertSANs and peerCertSANs. */
  readonly etcdServerSans?: readonly string[]
  readonly etcdPeerSans?: readonly string[]
}

type CaName = 'ca' | 'front-proxy-ca' | 'etcd-ca'

/** A certificate authority of kubeadm (certs.go in phases/certs). */
export interface CaDefinition {
  readonly name: CaName
  /** Path below the certificates directory, without extension. */
  readonly base: string
  readonly commonName: string
  readonly longName: string
}

/** The authorities of a kubeadm cluster (cmd/kubeadm/app/phases/certs/certlist.go). */
export const CERTIFICATE_AUTHORITIES: readonly CaDefinition[] = [
  {
    name: 'ca',
    base: 'ca',
    commonName: 'kubernetes',
    longName: 'self-signed Kubernetes CA to provision identities for other Kubernetes components',
  },
  {
    name: 'front-proxy-ca',
    base: 'front-proxy-ca',
    commonName: 'front-proxy-ca',
    longName: 'self-signed CA to provision identities for front proxy',
  },
  {
    name: 'etcd-ca',
    base: 'etcd/ca',
    commonName: 'etcd-ca',
    longName: 'self-signed CA to provision identities for etcd',
  },
]

/** A certificate that kubeadm puts into a file of its own. */
export interface CertDefinition {
  readonly name: string
  readonly base: string
  readonly ca: CaName
  readonly longName: string
  readonly usages: readonly string[]
  commonName(host: CertHost): string
  readonly organizations?: readonly string[]
  altNames?(host: CertHost): { dns: string[]; ips: string[] }
}

const isIp = (s: string): boolean => /^[\d.]+$|:/.test(s)

const serverNames = (
  host: CertHost,
  dns: string[],
  ips: string[],
  extra: readonly string[],
): { dns: string[]; ips: string[] } => ({
  // kubeadm sorts names (a set), and keeps addresses in order without repetitions.
  dns: [...new Set([host.nodeName, ...dns, ...extra.filter((s) => !isIp(s))])].sort(),
  ips: [...new Set([...ips, ...extra.filter(isIp)])],
})

const etcdNames = (host: CertHost, extra: readonly string[] = []): { dns: string[]; ips: string[] } =>
  serverNames(host, ['localhost'], [host.advertiseAddress, '127.0.0.1', '::1'], extra)

/** In the order in which `init phase certs all` makes them. */
export const CERTIFICATES: readonly CertDefinition[] = [
  {
    name: 'apiserver',
    base: 'apiserver',
    ca: 'ca',
    longName: 'certificate for serving the Kubernetes API',
    usages: ['serverAuth'],
    commonName: () => 'kube-apiserver',
    altNames: (host) =>
      serverNames(
        host,
        ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${host.dnsDomain}`],
        [host.apiServiceIp, host.advertiseAddress],
        host.extraSans,
      ),
  },
  {
    name: 'apiserver-kubelet-client',
    base: 'apiserver-kubelet-client',
    ca: 'ca',
    longName: 'certificate for the API server to connect to kubelet',
    usages: ['clientAuth'],
    commonName: () => 'kube-apiserver-kubelet-client',
  },
  {
    name: 'front-proxy-client',
    base: 'front-proxy-client',
    ca: 'front-proxy-ca',
    longName: 'certificate for the front proxy client',
    usages: ['clientAuth'],
    commonName: () => 'front-proxy-client',
  },
  {
    name: 'etcd-server',
    base: 'etcd/server',
    ca: 'etcd-ca',
    longName: 'certificate for serving etcd',
    usages: ['serverAuth', 'clientAuth'],
    commonName: (host) => host.nodeName,
    altNames: (host) => etcdNames(host, host.etcdServerSans),
  },
  {
    name: 'etcd-peer',
    base: 'etcd/peer',
    ca: 'etcd-ca',
    longName: 'certificate for etcd nodes to communicate with each other',
    usages: ['serverAuth', 'clientAuth'],
    commonName: (host) => host.nodeName,
    altNames: (host) => etcdNames(host, host.etcdPeerSans),
  },
  {
    name: 'etcd-healthcheck-client',
    base: 'etcd/healthcheck-client',
    ca: 'etcd-ca',
    longName: 'certificate for liveness probes to healthcheck etcd',
    usages: ['clientAuth'],
    commonName: () => 'kube-etcd-healthcheck-client',
  },
  {
    name: 'apiserver-etcd-client',
    base: 'apiserver-etcd-client',
    ca: 'etcd-ca',
    longName: 'certificate the apiserver uses to access etcd',
    usages: ['clientAuth'],
    commonName: () => 'kube-apiserver-etcd-client',
  },
]

/** A client certificate that kubeadm embeds into a kubeconfig file. */
export interface KubeconfigDefinition {
  /** File name: `admin.conf`. */
  readonly name: string
  readonly longName: string
  commonName(nodeName: string): string
  readonly organizations: readonly string[]
}

/** In the order in which `init phase kubeconfig all` writes them. */
export const KUBECONFIGS: readonly KubeconfigDefinition[] = [
  {
    name: 'admin.conf',
    longName: 'certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself',
    commonName: () => 'kubernetes-admin',
    organizations: ['kubeadm:cluster-admins'],
  },
  {
    name: 'super-admin.conf',
    longName: 'certificate embedded in the kubeconfig file for the super-admin',
    commonName: () => 'kubernetes-super-admin',
    organizations: ['system:masters'],
  },
  {
    name: 'kubelet.conf',
    longName: '',
    commonName: (node) => `system:node:${node}`,
    organizations: ['system:nodes'],
  },
  {
    name: 'controller-manager.conf',
    longName: 'certificate embedded in the kubeconfig file for the controller manager to use',
    commonName: () => 'system:kube-controller-manager',
    organizations: [],
  },
  {
    name: 'scheduler.conf',
    longName: 'certificate embedded in the kubeconfig file for the scheduler manager to use',
    commonName: () => 'system:kube-scheduler',
    organizations: [],
  },
]

/** encryptionAlgorithm of a ClusterConfiguration: `RSA-2048`, `RSA-3072`, `RSA-4096`, `ECDSA-P256`, `ECDSA-P384`. */
type KeyAlgorithm = string

/** pkiutil.NewPrivateKey. */
export function newKey(rng: Rng, algorithm: KeyAlgorithm = 'RSA-2048'): PrivateKey {
  const [kind, size] = algorithm.split('-')
  if (kind === 'RSA') return generateRsaKey(rng, Number(size))
  return generateEcKey(rng, CURVES.find((curve) => curve.name === size.replace('P', 'P-'))!)
}

/** Where keys and serial numbers come from, and the clock (ms) that dates the certificates. */
export interface Issuing {
  readonly rng: Rng
  readonly now: number
  readonly algorithm?: KeyAlgorithm
  /** Overrides, ms. */
  readonly notBefore?: number
  readonly notAfter?: number
}

/** A new self-signed authority. */
export function newCa(
  definition: Pick<CaDefinition, 'commonName'>,
  { rng, now, algorithm, notBefore, notAfter }: Issuing,
): CertAndKey {
  const key = newKey(rng, algorithm)
  const cert = createCertificate(
    {
      subject: goSubject(definition.commonName),
      serial: randomSerial(rng),
      notBefore: notBefore ?? now - BACKDATE,
      notAfter: notAfter ?? now + CA_VALIDITY,
      keyUsage: ['digitalSignature', 'keyEncipherment', 'keyCertSign'],
      isCa: true,
      dnsNames: [definition.commonName],
    },
    key.publicKey,
    key,
  )
  return { cert, key }
}

/** What a leaf of kubeadm says. */
export interface LeafConfig {
  readonly commonName: string
  readonly organizations?: readonly string[]
  readonly usages: readonly string[]
  readonly dns?: readonly string[]
  readonly ips?: readonly string[]
}

/** pkiutil.NewCertAndKey: a new key and its certificate, signed by the authority. */
export function newLeaf(
  config: LeafConfig,
  ca: CertAndKey,
  { rng, now, algorithm, notBefore, notAfter }: Issuing,
): CertAndKey {
  const key = newKey(rng, algorithm)
  const cert = createCertificate(
    {
      subject: goSubject(config.commonName, config.organizations),
      serial: randomSerial(rng),
      notBefore: notBefore ?? now - BACKDATE,
      notAfter: notAfter ?? now + CERT_VALIDITY,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extKeyUsage: config.usages,
      dnsNames: config.dns,
      ipAddresses: config.ips,
    },
    key.publicKey,
    ca,
  )
  return { cert, key }
}

/** What a certificate of kubeadm's says on a host. */
export function leafConfig(definition: CertDefinition, host: CertHost): LeafConfig {
  return {
    commonName: definition.commonName(host),
    organizations: definition.organizations,
    usages: definition.usages,
    ...definition.altNames?.(host),
  }
}

/** The configuration that renewal copies from the certificate it replaces. */
export const configOf = (cert: Certificate): LeafConfig => ({
  commonName: cert.subject.commonName,
  organizations: cert.subject.organizations,
  usages: cert.extKeyUsage,
  dns: cert.dnsNames,
  ips: cert.ipAddresses,
})

/** The client certificate of a kubeconfig file. */
export function newKubeconfigCert(
  definition: KubeconfigDefinition,
  nodeName: string,
  ca: CertAndKey,
  issuing: Issuing,
): CertAndKey {
  const config = {
    commonName: definition.commonName(nodeName),
    organizations: definition.organizations,
    usages: ['clientAuth'],
  }
  return newLeaf(config, ca, issuing)
}

/** What the control planes of a cluster share. */
export interface SharedPki {
  readonly ca: CertAndKey
  readonly frontProxyCa: CertAndKey
  readonly etcdCa: CertAndKey
  readonly sa: PrivateKey
}

/** The CA by its name in kubeadm. */
export const authority = (shared: SharedPki, name: CaName): CertAndKey =>
  name === 'ca' ? shared.ca : name === 'etcd-ca' ? shared.etcdCa : shared.frontProxyCa

/** What all control planes of a cluster share: three authorities and the service accounts' key. */
export function newSharedPki(issuing: Issuing): SharedPki {
  const [ca, frontProxyCa, etcdCa] = CERTIFICATE_AUTHORITIES.map((definition) => newCa(definition, issuing))
  return { ca, frontProxyCa, etcdCa, sa: generateRsaKey(issuing.rng) }
}

/** The leaf certificates of one control plane, by definition name. */
export function newControlPlaneCerts(shared: SharedPki, host: CertHost, issuing: Issuing): Map<string, CertAndKey> {
  return new Map(CERTIFICATES.map((d) => [d.name, newLeaf(leafConfig(d, host), authority(shared, d.ca), issuing)]))
}

/** A file of the PKI, rendered when first read. `size` is exact. */
interface PkiFile {
  /** Below the certificates directory: `etcd/server.crt`. */
  readonly path: string
  readonly mode: number
  readonly size: number
  readonly content: () => string
}

const certFile = (path: string, cert: Certificate): PkiFile => ({
  path,
  mode: 0o644,
  size: cert.pemSize,
  content: () => cert.pem,
})

const keyFile = (path: string, key: PrivateKey): PkiFile => ({
  path,
  mode: 0o600,
  size: key.pem.length,
  content: () => key.pem,
})

/** Everything that lies in /etc/kubernetes/pki of a control plane. */
export function pkiFiles(shared: SharedPki, leaves: ReadonlyMap<string, CertAndKey>): PkiFile[] {
  const pairs: [string, CertAndKey][] = [
    ...CERTIFICATE_AUTHORITIES.map((d): [string, CertAndKey] => [d.base, authority(shared, d.name)]),
    ...CERTIFICATES.flatMap((d): [string, CertAndKey][] => {
      const pair = leaves.get(d.name)
      return pair ? [[d.base, pair]] : []
    }),
  ]
  const { publicKey } = shared.sa
  return [
    ...pairs.flatMap(([base, { cert, key }]) => [certFile(`${base}.crt`, cert), keyFile(`${base}.key`, key)]),
    keyFile('sa.key', shared.sa),
    { path: 'sa.pub', mode: 0o600, size: publicKey.pem.length, content: () => publicKey.pem },
  ]
}
