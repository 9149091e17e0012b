import { isSubdomain, isWildcardSubdomain } from '../../../kinds/index.ts'
import { ipBytes } from '../../../pki/index.ts'
import { goDuration, parseGoDuration } from '../../../print/index.ts'
import { parseBootstrapToken } from '../../../programs/kubeadm/index.ts'
import { KubeadmError } from '../errors.ts'
import { parseCidrs } from './cidr.ts'

/** What is wrong with a value, as field.Invalid says it. */
const invalid = (path: string, value: unknown, why: string): string =>
  `${path}: Invalid value: ${JSON.stringify(value)}: ${why}`

/** ErrorList.ToAggregate: nothing, one text, or several in brackets. */
export function throwAll(problems: readonly string[]): void {
  const once = [...new Set(problems)]
  if (once.length === 1) throw new KubeadmError(once[0])
  if (once.length > 1) throw new KubeadmError(`[${once.join(', ')}]`)
}

const absolute = (path: string, at: string): string[] =>
  path.startsWith('/') ? [] : [invalid(at, path, 'path is not absolute')]

const REPOSITORY =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/

const repository = (given: string | undefined, at: string): string[] =>
  !given || REPOSITORY.test(`${given}/name`) ? [] : [invalid(at, given, 'invalid image repository format')]

const extraArgs = (args: any, at: string): string[] =>
  (args ?? []).flatMap((arg: any, i: number) =>
    arg?.name ? [] : [invalid(`${at}.extraArgs`, `index ${i}`, 'argument has no name')],
  )

const sans = (names: readonly string[] = [], at: string): string[] =>
  names.flatMap((name) => {
    const [plain, wildcard] = [isSubdomain(name), isWildcardSubdomain(name)]
    if (plain.length === 0 || wildcard.length === 0 || ipBytes(name)) return []
    return [
      invalid(
        at,
        name,
        `altname is not a valid IP address, DNS label or a DNS label with subdomain wildcards: ${plain.join('; ')}; ${wildcard.join('; ')}`,
      ),
    ]
  })

const STACKED = 'expected one (IPv4 or IPv6) CIDR or two CIDRs from each family for dual-stack networking'

/** A subnet, or one of each family. */
function subnet(text: string, minimum: number, at: string): string[] {
  const nets = parseCidrs(text)
  if (!nets) return [invalid(at, text, "couldn't parse subnet")]
  const errors: string[] = []
  if (nets.length > 2 || (nets.length === 2 && nets[0].bits === nets[1].bits)) errors.push(invalid(at, text, STACKED))
  for (const net of nets) {
    const size = 2 ** (net.bits - net.ones)
    if (size < minimum)
      errors.push(invalid(at, net.text, `subnet with ${size} address(es) is too small, the minimum is ${minimum}`))
  }
  return errors
}

const MAX_SERVICE_BITS = 20
const MAX_NODE_BITS = 16

function serviceSize(text: string, at: string): string[] {
  return (parseCidrs(text) ?? [])
    .filter(({ bits, ones }) => bits - ones > MAX_SERVICE_BITS)
    .map((net) =>
      invalid(
        at,
        net.text,
        `specified service subnet is too large; for ${net.bits}-bit addresses, the mask must be >= ${net.bits - MAX_SERVICE_BITS}`,
      ),
    )
}

/** Every node gets a piece of the pods' network: it must be large enough for one and small enough to count them. */
function nodeMasks(cluster: any, text: string, at: string): string[] {
  const args: any[] = cluster.controllerManager?.extraArgs ?? []
  const argument = (name: string): string | undefined => args.find((arg) => arg?.name === name)?.value
  if (argument('allocate-node-cidrs') === 'false') return []
  return (parseCidrs(text) ?? []).flatMap(({ bits, ones, text: shown }) => {
    const [flag, standard] = bits === 128 ? ['node-cidr-mask-size-ipv6', 64] : ['node-cidr-mask-size-ipv4', 24]
    const mask = Number(argument(flag as string) ?? standard)
    if (ones > mask)
      return [
        invalid(
          at,
          shown,
          `the size of pod subnet with mask ${ones} is smaller than the size of node subnet with mask ${mask}`,
        ),
      ]
    if (mask - ones > MAX_NODE_BITS)
      return [
        invalid(
          at,
          shown,
          `pod subnet mask (${ones}) and node-mask (${mask}) difference is greater than ${MAX_NODE_BITS}`,
        ),
      ]
    return []
  })
}

function networking(cluster: any): string[] {
  const { dnsDomain, serviceSubnet, podSubnet } = cluster.networking
  return [
    ...isSubdomain(dnsDomain).map((why) => invalid('networking.dnsDomain', dnsDomain, why)),
    ...(serviceSubnet
      ? [
          ...subnet(serviceSubnet, 10, 'networking.serviceSubnet'),
          ...serviceSize(serviceSubnet, 'networking.serviceSubnet'),
        ]
      : []),
    ...(podSubnet
      ? [...subnet(podSubnet, 2, 'networking.podSubnet'), ...nodeMasks(cluster, podSubnet, 'networking.podSubnet')]
      : []),
  ]
}

function urls(given: readonly string[] = [], https: boolean, at: string): string[] {
  return given.flatMap((url) => {
    const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1] ?? ''
    const errors: string[] = []
    if (https && scheme !== 'https') errors.push(invalid(at, url, 'the URL must be using the HTTPS scheme'))
    if (scheme === '') errors.push(invalid(at, url, 'the URL without scheme is not allowed'))
    return errors
  })
}

function etcd({ local, external }: any = {}): string[] {
  if (local && external) return [invalid('etcd', '', '.Etcd.Local and .Etcd.External are mutually exclusive')]
  if (local)
    return [
      ...absolute(local.dataDir, 'etcd.local.dataDir'),
      ...sans(local.serverCertSANs, 'etcd.local.serverCertSANs'),
      ...sans(local.peerCertSANs, 'etcd.local.peerCertSANs'),
      ...repository(local.imageRepository, 'etcd.local.imageRepository'),
      ...extraArgs(local.extraArgs, 'etcd.local'),
    ]
  if (!external) return []
  const { caFile = '', certFile = '', keyFile = '', endpoints = [] } = external
  const at = 'etcd.external'
  const errors: string[] = []
  if ((certFile === '') !== (keyFile === ''))
    errors.push(
      invalid(at, '', 'either both or none of .Etcd.External.CertFile and .Etcd.External.KeyFile must be set'),
    )
  if (certFile !== '' && keyFile !== '' && caFile === '')
    errors.push(
      invalid(at, '', 'setting .Etcd.External.CertFile and .Etcd.External.KeyFile requires .Etcd.External.CAFile'),
    )
  if (endpoints.length === 0) errors.push(invalid(`${at}.endpoints`, '', 'at least one endpoint must be specified'))
  else errors.push(...urls(endpoints, caFile !== '' || certFile !== '' || keyFile !== '', `${at}.endpoints`))
  errors.push(...urls(external.httpEndpoints, false, `${at}.httpEndpoints`))
  for (const name of ['caFile', 'certFile', 'keyFile'])
    if (external[name]) errors.push(...absolute(external[name], `${at}.${name}`))
  return errors
}

const ALGORITHMS = ['ECDSA-P256', 'ECDSA-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096']
/** Feature gates of kubeadm 1.36. */
export const FEATURE_GATES = ['NodeLocalCRISocket', 'PublicKeysECDSA', 'RootlessControlPlane']

/** validation.ValidateClusterConfiguration of a ClusterConfiguration with its defaults. */
export function clusterProblems(cluster: any): string[] {
  const { apiServer = {}, encryptionAlgorithm: algorithm, featureGates = {} } = cluster
  return [
    ...repository(cluster.dns?.imageRepository, 'dns.imageRepository'),
    ...networking(cluster),
    ...sans(apiServer.certSANs, 'apiServer.certSANs'),
    ...extraArgs(apiServer.extraArgs, 'apiServer'),
    ...extraArgs(cluster.controllerManager?.extraArgs, 'controllerManager'),
    ...extraArgs(cluster.scheduler?.extraArgs, 'scheduler'),
    ...absolute(cluster.certificatesDir, 'certificatesDir'),
    ...Object.keys(featureGates)
      .filter((gate) => !FEATURE_GATES.includes(gate))
      .map((gate) => invalid('featureGates', featureGates, `${gate} is not a valid feature name.`)),
    ...repository(cluster.imageRepository, 'imageRepository'),
    ...etcd(cluster.etcd),
    ...(ALGORITHMS.includes(algorithm)
      ? []
      : [
          invalid(
            'encryptionAlgorithm',
            algorithm,
            `Invalid encryption algorithm "${algorithm}". Must be one of [${ALGORITHMS.join(' ')}]`,
          ),
        ]),
  ]
}

const CERTIFICATE_MS = 8760 * 3_600_000
const AUTHORITY_MS = 10 * CERTIFICATE_MS

/** validation.ValidateCertValidity: only warned of. */
export function validityWarnings(cluster: any): string[] {
  const leaf = parseGoDuration(cluster.certificateValidityPeriod)
  const authority = parseGoDuration(cluster.caCertificateValidityPeriod)
  const warnings: string[] = []
  const told = (field: string, ms: number, than: string): number =>
    warnings.push(`WARNING: ${field}: the value ${goDuration(ms)} is more than the ${than}`)
  if (leaf > CERTIFICATE_MS)
    told(
      'certificateValidityPeriod',
      leaf,
      `recommended default for certificate expiration: ${goDuration(CERTIFICATE_MS)}`,
    )
  if (authority > AUTHORITY_MS)
    told(
      'caCertificateValidityPeriod',
      authority,
      `recommended default for CA certificate expiration: ${goDuration(AUTHORITY_MS)}`,
    )
  if (leaf > authority) told('certificateValidityPeriod', leaf, `caCertificateValidityPeriod: ${goDuration(authority)}`)
  return warnings
}

/** ValidateNodeRegistrationOptions. */
export function nodeProblems({ name, criSocket = '', kubeletExtraArgs, imagePullPolicy = '' }: any): string[] {
  const at = 'nodeRegistration'
  const errors = isSubdomain(name).map((why) => invalid(`${at}.name`, name, why))
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(criSocket)?.[1] ?? ''
  if (criSocket === '') errors.push(invalid(`${at}.criSocket`, criSocket, 'empty CRI socket'))
  else if (scheme !== 'unix')
    errors.push(invalid(`${at}.criSocket`, criSocket, `only URL scheme "unix" is supported, got "${scheme}"`))
  for (const [i, arg] of (kubeletExtraArgs ?? []).entries())
    if (!arg?.name) errors.push(invalid(`${at}.kubeletExtraArgs`, `index ${i}`, 'argument has no name'))
  errors.push(...pullPolicy(imagePullPolicy, `${at}.imagePullPolicy`))
  return errors
}

const pullPolicy = (policy: string | undefined, at: string): string[] =>
  !policy || ['Always', 'IfNotPresent', 'Never'].includes(policy) ? [] : [invalid(at, policy, 'invalid pull policy')]

const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/

/** ValidateBootstrapTokens. */
export function tokenProblems(tokens: readonly any[]): string[] {
  return tokens.flatMap(({ usages, groups }, i) => {
    const at = `bootstrapTokens.${i}`
    const errors: string[] = []
    const unknown = usages.filter((usage: string) => usage !== 'signing' && usage !== 'authentication')
    if (unknown.length > 0)
      errors.push(
        invalid(
          `${at}.usages`,
          usages,
          `invalid bootstrap token usage string: ${unknown.sort().join(',')}, valid usage options: signing,authentication`,
        ),
      )
    if (groups.length > 0 && !usages.includes('authentication'))
      errors.push(
        invalid(`${at}.groups`, groups, 'token groups cannot be specified unless --usages includes "authentication"'),
      )
    for (const group of groups)
      if (!GROUP.test(group))
        errors.push(
          invalid(
            `${at}.groups`,
            groups,
            `bootstrap group "${group}" is invalid (must match \\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\z)`,
          ),
        )
    return errors
  })
}

/** ValidateAPIEndpoint. */
export const endpointProblems = (address: string, port: number, at: string): string[] => [
  ...(ipBytes(address) ? [] : [invalid(`${at}.advertiseAddress`, address, 'ip address is not valid')]),
  ...(port >= 1 && port <= 65535 ? [] : [invalid(`${at}.bindPort`, port, 'port number is not valid')]),
]

/** ValidateCertificateKey. */
export function keyProblems(key: string, at: string): string[] {
  if (key === '') return []
  const bad = [...key].find((c) => !/[0-9a-fA-F]/.test(c))
  if (bad !== undefined)
    return [
      invalid(
        at,
        key,
        `certificate key decoding error: encoding/hex: invalid byte: U+${bad.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad}'`,
      ),
    ]
  if (key.length % 2 === 1)
    return [invalid(at, key, 'certificate key decoding error: encoding/hex: odd length hex string')]
  if (key.length !== 64)
    return [invalid(at, key, `invalid certificate key size ${key.length / 2}, the key must be an AES key of size 32`)]
  return []
}

/** ValidateIgnorePreflightErrors. */
export function checkIgnored(names: readonly string[]): void {
  const lower = [...new Set(names.map((name) => name.toLowerCase()))].sort()
  if (lower.includes('all') && lower.length > 1)
    throw new KubeadmError(
      invalid('ignore-preflight-errors', lower.join(','), "don't specify individual checks if 'all' is used"),
    )
}

/** Go's net.SplitHostPort. */
function splitProblem(address: string): string | undefined {
  const bare = address.replace(/\[[^\]]*\]/, '')
  const colons = bare.split(':').length - 1
  if (colons === 0) return `address ${address}: missing port in address`
  return colons > 1 ? `address ${address}: too many colons in address` : undefined
}

/** ValidateDiscovery of a JoinConfiguration with its defaults. `exists`: is that file there. */
export function discoveryProblems(discovery: any, exists: (path: string) => boolean): string[] {
  const { bootstrapToken: found, file, tlsBootstrapToken = '' } = discovery ?? {}
  const errors: string[] = []
  const token = (text: string, at: string): void => {
    if (!parseBootstrapToken(text)) errors.push(invalid(at, text, 'the bootstrap token is invalid'))
  }
  if (!found && !file) errors.push(invalid('discovery', '', 'bootstrapToken or file must be set'))
  if (found && file) errors.push(invalid('discovery', '', 'bootstrapToken and file cannot both be set'))
  if (found) {
    const at = 'discovery.bootstrapToken'
    const { apiServerEndpoint = '', caCertHashes = [], unsafeSkipCAVerification } = found
    if (apiServerEndpoint === '') errors.push(`${at}: Required value: APIServerEndpoint is not set`)
    if (caCertHashes.length === 0 && !unsafeSkipCAVerification)
      errors.push(
        invalid(
          `${at}.caCertHashes`,
          '',
          'using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
        ),
      )
    token(found.token ?? '', `${at}.token`)
    const problem = splitProblem(apiServerEndpoint)
    if (problem) errors.push(invalid(`${at}.apiServerEndpoint`, apiServerEndpoint, problem))
    token(tlsBootstrapToken, 'discovery.tlsBootstrapToken')
  }
  if (file) {
    const path: string = file.kubeConfigPath ?? ''
    const at = 'discovery.file.kubeConfigPath'
    const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(path)?.[1]
    if (scheme === undefined) {
      if (!exists(path)) errors.push(invalid(at, path, 'not a valid HTTPS URL or a file on disk'))
    } else if (scheme !== 'https') errors.push(invalid(at, path, 'if a URL is used, the scheme must be https'))
    if (tlsBootstrapToken !== '') token(tlsBootstrapToken, 'discovery.tlsBootstrapToken')
  }
  return errors
}

/** ValidateResetConfiguration. */
export function resetProblems({ certificatesDir = '/etc/kubernetes/pki', unmountFlags = [] }: any): string[] {
  const flags = ['MNT_FORCE', 'MNT_DETACH', 'MNT_EXPIRE', 'UMOUNT_NOFOLLOW']
  return [
    ...absolute(certificatesDir, 'certificatesDir'),
    ...unmountFlags.flatMap((flag: string, i: number) =>
      flags.includes(flag) ? [] : [invalid('unmountFlags', `index ${i}`, `unknown unmount flag ${flag}`)],
    ),
  ]
}

/** ValidateUpgradeConfiguration. */
export function upgradeProblems({ apply = {}, node = {} }: any): string[] {
  return [
    ...(apply.patches ? absolute(apply.patches.directory ?? '', 'apply.patches.directory') : []),
    ...(node.patches ? absolute(node.patches.directory ?? '', 'node.patches.directory') : []),
    ...pullPolicy(apply.imagePullPolicy, 'apply.imagePullPolicy'),
    ...pullPolicy(node.imagePullPolicy, 'node.imagePullPolicy'),
  ]
}
