import type { Process } from '../../host/index.ts'
import { type Coro, MONTHS, sleep } from '../../kernel/index.ts'
import {
  altNameExtension,
  appendCertsFromPem,
  type CaDefinition,
  CERTIFICATE_AUTHORITIES,
  CERTIFICATES,
  type Certificate,
  configOf,
  createRequest,
  goSubject,
  KUBECONFIGS,
  leafConfig,
  newKey,
  newLeaf,
} from '../../pki/index.ts'
import { humanDuration } from '../../print/index.ts'
import {
  type ClusterSettings,
  certHost,
  certKubeconfig,
  controlPlaneUrl,
  DEFAULT_CLUSTER,
} from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { clientFromFile, kubeconfigPath } from './client.ts'
import { errorText } from './errors.ts'
import { exists, isExternal, loadAuthority, loadCert, readText, writePair, writeText } from './files.ts'
import { fileSettings } from './init-settings.ts'
import { issuing } from './issuing.ts'
import { embeddedCert, replaceEmbedded } from './kubeconfig-file.ts'
import { printerOf } from './output.ts'
import { runRng } from './run-rng.ts'
import { fetchSettings } from './settings.ts'
import { tabbed } from './table.ts'
import type { Run, Runs } from './tree.ts'

/** A certificate that kubeadm renews: a pair of files, or a kubeconfig file. */
interface Handler {
  readonly name: string
  readonly longName: string
  readonly ca: CaDefinition
  /** File without extension, or the kubeconfig's path. */
  readonly path: string
  readonly embedded: boolean
}

const authorityOf = (name: string): CaDefinition => CERTIFICATE_AUTHORITIES.find((ca) => ca.name === name)!

/** In the order of their names, as kubeadm goes through them. */
function handlers({ certificatesDir, externalEtcd }: ClusterSettings): Handler[] {
  return [
    ...CERTIFICATES.filter((d) => !externalEtcd || d.ca !== 'etcd-ca').map((d) => ({
      name: d.name,
      longName: d.longName,
      ca: authorityOf(d.ca),
      path: `${certificatesDir}/${d.base}`,
      embedded: false,
    })),
    ...KUBECONFIGS.filter((d) => d.name !== 'kubelet.conf').map((d) => ({
      name: d.name,
      longName: d.longName,
      ca: authorityOf('ca'),
      path: `/etc/kubernetes/${d.name}`,
      embedded: true,
    })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * getInternalCfg: the ClusterConfiguration of --config, of the cluster, or the defaults. A cluster that does not answer
 * is no obstacle: certificates must be renewable while it is down.
 */
function* clusterOf(p: Process, flags: Flags, prefix: string, aloud = true): Coro<ClusterSettings> {
  const given = flags.changed('cert-dir') ? { certificatesDir: flags.string('cert-dir') } : {}
  const path = flags.string('config')
  if (path) return { ...(yield* fileSettings(p, flags)).cluster, ...given }
  let found: ClusterSettings = DEFAULT_CLUSTER
  try {
    const client = clientFromFile(p, kubeconfigPath(p, flags.string('kubeconfig')))
    try {
      found = (yield* fetchSettings(p, client, prefix, aloud)).cluster
      if (aloud) p.stdout.write('\n')
    } catch (error) {
      errorText(error)
      if (aloud)
        p.stdout.write(
          `[${prefix}] Error reading configuration from the Cluster. Falling back to default configuration\n\n`,
        )
    }
  } catch (error) {
    errorText(error)
  }
  return { ...found, ...given }
}

const present = (p: Process, h: Handler): boolean => exists(p, h.embedded ? h.path : `${h.path}.crt`)
const certificateOf = (p: Process, h: Handler): Certificate =>
  h.embedded ? embeddedCert(p, h.path) : loadCert(p, h.path)

/** Go's `Jan 02, 2006 15:04 MST` in UTC. */
function expiry(ms: number): string {
  const text = new Date(ms).toISOString()
  return `${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10)}, ${text.slice(0, 4)} ${text.slice(11, 16)} UTC`
}

interface Row {
  readonly name: string
  readonly missing: boolean
  readonly notAfter: number
  readonly external: boolean
  readonly caName?: string
}

const checkExpiration: Run = function* ({ p, flags }) {
  const printer = printerOf(p, flags)
  const cluster = yield* clusterOf(p, flags, 'check-expiration', printer.text)
  const { certificatesDir: dir } = cluster
  const now = p.now()
  const rows = handlers(cluster).map((h): Row => {
    const base = { name: h.name, caName: h.ca.name, external: isExternal(p, dir, h.ca) }
    if (!present(p, h)) return { ...base, missing: true, notAfter: 0 }
    return { ...base, missing: false, notAfter: certificateOf(p, h).notAfter }
  })
  const authorities = CERTIFICATE_AUTHORITIES.filter((ca) => !cluster.externalEtcd || ca.name !== 'etcd-ca')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((ca): Row => {
      const external = isExternal(p, dir, ca)
      if (!exists(p, `${dir}/${ca.base}.crt`)) return { name: ca.name, missing: true, notAfter: 0, external }
      return { name: ca.name, missing: false, notAfter: loadCert(p, `${dir}/${ca.base}`).notAfter, external }
    })
  if (printer.text) p.stdout.write(asText(rows, authorities, now))
  else
    printer.print('CertificateExpirationInfo', {
      certificates: rows.map((row) => entry(row, now)),
      certificateAuthorities: authorities.map((row) => entry(row, now)),
    })
  return 0
}

function asText(rows: readonly Row[], authorities: readonly Row[], now: number): string {
  const cells = (row: Row): string[] => [expiry(row.notAfter), humanDuration(row.notAfter - now)]
  const external = (row: Row): string => (row.external ? 'yes' : 'no').padEnd(8)
  const lines = rows.map((r) =>
    r.missing ? [`!MISSING! ${r.name}`, '', '', '', ''] : [r.name, ...cells(r), r.caName ?? '', external(r)],
  )
  const caLines = authorities.map((r) =>
    r.missing ? [`!MISSING! ${r.name}`, '', '', ''] : [r.name, ...cells(r), external(r)],
  )
  return `${tabbed([['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED'], ...lines])}\n${tabbed([['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED'], ...caLines])}`
}

/** output.Certificate. */
const entry = (r: Row, now: number): object => ({
  name: r.name,
  expirationDate: r.missing ? null : `${new Date(r.notAfter).toISOString().slice(0, 19)}Z`,
  residualTime: r.missing ? 0 : Math.trunc((r.notAfter - now) / 1000),
  externallyManaged: r.external,
  ...(r.caName === undefined ? {} : { caName: r.caName }),
  missing: r.missing,
})

/** How long a new key takes, ms. */
const KEY_TIME = 150

/** Renews a certificate of this machine by its name; an upgrade says itself what it does. */
export function* renewCertificate(p: Process, name: string, cluster: ClusterSettings): Coro<void> {
  const h = handlers(cluster).find((one) => one.name === name)
  if (h && present(p, h) && !isExternal(p, cluster.certificatesDir, h.ca)) yield* sign(p, h, cluster)
}

/** Renews one certificate and tells of it. */
function* renewOne(p: Process, h: Handler, cluster: ClusterSettings): Coro<void> {
  if (!present(p, h)) {
    p.stdout.write(`MISSING! ${h.longName}\n`)
    return
  }
  if (isExternal(p, cluster.certificatesDir, h.ca)) {
    p.stdout.write(`Detected external ${h.ca.base}, ${h.longName} can't be renewed\n`)
    return
  }
  yield* sign(p, h, cluster)
  p.stdout.write(`${h.longName} renewed\n`)
}

/** A new certificate like the old one, by its authority's files on this disk and this machine's clock. */
function* sign(p: Process, h: Handler, cluster: ClusterSettings): Coro<void> {
  const old = certificateOf(p, h)
  yield* sleep(p.host.kernel, KEY_TIME)
  const ca = loadAuthority(p, cluster.certificatesDir, h.ca)
  const pair = newLeaf(configOf(old), ca, issuing(p, cluster, h.name))
  if (h.embedded) replaceEmbedded(p, h.path, pair, ca.cert)
  else writePair(p, h.path, pair)
}

const renewAll: Run = function* ({ p, flags }) {
  const cluster = yield* clusterOf(p, flags, 'renew')
  for (const h of handlers(cluster)) yield* renewOne(p, h, cluster)
  p.stdout.write(
    '\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n',
  )
  return 0
}

/** `certs renew NAME` */
const renew = (name: string): Run =>
  function* ({ p, flags }) {
    const cluster = yield* clusterOf(p, flags, 'renew')
    const h = handlers(cluster).find((one) => one.name === name)
    // Of an etcd that others run there are no certificates.
    if (h) yield* renewOne(p, h, cluster)
    else p.stdout.write(`MISSING! ${CERTIFICATES.find((d) => d.name === name)?.longName}\n`)
    return 0
  }

const certificateKey: Run = function* ({ p }) {
  p.stdout.write(`${runRng(p).hex(64)}\n`)
  return 0
}

/** Leaf certificates grouped by authority, as the certificate tree lists them. */
const CSR_ORDER = [...CERTIFICATES].sort(
  (a, b) => Number(a.name === 'etcd-healthcheck-client') - Number(b.name === 'etcd-healthcheck-client'),
)

const generateCsr: Run = function* ({ p, flags }) {
  const { cluster, node } = yield* fileSettings(p, flags)
  const { rng, algorithm } = issuing(p, cluster, 'csr')
  const [dir, confDir] = [flags.string('cert-dir'), flags.string('kubeconfig-dir')]
  p.stdout.write(`generating keys and CSRs in ${dir}\n`)
  for (const d of CSR_ORDER) {
    p.stdout.write(`  ${d.base}\n`)
    const { commonName, organizations, dns = [], ips = [] } = leafConfig(d, certHost(cluster, node))
    const key = newKey(rng, algorithm)
    const names = dns.length + ips.length > 0 ? [altNameExtension(dns, ips)] : []
    writeText(p, `${dir}/${d.base}.key`, key.pem, 0o600)
    writeText(p, `${dir}/${d.base}.csr`, createRequest(goSubject(commonName, organizations), key, names).pem, 0o600)
  }
  p.stdout.write(`generating keys and CSRs in ${confDir}\n`)
  for (const d of KUBECONFIGS) {
    p.stdout.write(`  ${d.name}\n`)
    const key = newKey(rng, algorithm)
    const subject = goSubject(d.commonName(node.name), d.organizations)
    const caText = exists(p, `${dir}/ca.crt`) ? readText(p, `${dir}/ca.crt`) : ''
    const pair = { cert: { pem: '', subject }, key: { pem: key.pem } } as never
    const text = certKubeconfig(
      appendCertsFromPem(caText)[0]?.pem ?? '',
      controlPlaneUrl(cluster, node),
      cluster.clusterName,
      pair,
    )
    writeText(
      p,
      `${confDir}/${d.name}`,
      text.replace(/ +(client-certificate|certificate-authority)-data: ""\n/g, ''),
      0o600,
    )
    writeText(p, `${confDir}/${d.name}.csr`, createRequest(subject, key).pem, 0o600)
  }
  return 0
}

/** `kubeadm certs …`. */
export const CERTS: Runs = {
  'certs certificate-key': certificateKey,
  'certs check-expiration': checkExpiration,
  'certs generate-csr': generateCsr,
  'certs renew all': renewAll,
  ...Object.fromEntries(handlers(DEFAULT_CLUSTER).map((h) => [`certs renew ${h.name}`, renew(h.name)])),
}
