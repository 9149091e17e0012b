import type { Host } from '../../host/index.ts'
import { compareReleases, MINORS } from './releases.ts'

/** Debian packages of pkgs.k8s.io, as machines have them and as its series offer them. */
interface PackageKind {
  readonly description: string
  /** It carries the release of its series; others have a version of their own. */
  readonly version?: string
  /** Bytes of the archive and, unpacked, kilobytes, by series. */
  readonly sizes: Readonly<Record<string, readonly [archive: number, installed: number]>>
  readonly binary?: string
}

const KINDS: Readonly<Record<string, PackageKind>> = {
  'cri-tools': {
    description: 'Command-line utility for interacting with a container runtime',
    version: '1.36.0-1.1',
    sizes: { '1.36': [16_300_000, 48_700] },
  },
  kubeadm: {
    description: 'Command-line utility for administering a Kubernetes cluster',
    binary: '/usr/bin/kubeadm',
    sizes: { '1.34': [12_500_000, 74_200], '1.35': [12_400_000, 72_580], '1.36': [12_600_000, 73_120] },
  },
  kubectl: {
    description: 'Command-line utility for interacting with a Kubernetes cluster',
    binary: '/usr/bin/kubectl',
    sizes: { '1.34': [11_700_000, 60_560], '1.35': [11_500_000, 59_070], '1.36': [11_800_000, 60_020] },
  },
  kubelet: {
    description: 'Node agent for Kubernetes clusters',
    binary: '/usr/bin/kubelet',
    sizes: { '1.34': [13_100_000, 59_190], '1.35': [12_900_000, 57_700], '1.36': [13_400_000, 58_240] },
  },
  'kubernetes-cni': {
    description: 'Binaries required to provision kubernetes container networking',
    version: '1.9.1-1.1',
    sizes: { '1.36': [39_000_000, 109_000] },
  },
}

/** Revisions of packages that were not the first of their release. */
const REBUILT: Readonly<Record<string, string>> = { '1.36.2': '2.1' }

/** Packages whose version is the release of Kubernetes. */
export const KUBERNETES_PACKAGES = ['kubeadm', 'kubectl', 'kubelet'] as const

/** One version of a package, as a stanza of an index tells. */
export interface Package {
  readonly name: string
  readonly version: string
  /** Bytes of the archive. */
  readonly size: number
  /** Kilobytes on the disk. */
  readonly installed: number
  readonly description: string
}

/** `v1.36.4` → `1.36.4-1.1`. */
function debianVersion(release: string): string {
  const plain = release.replace(/^v/, '')
  return `${plain}-${REBUILT[plain] ?? '1.1'}`
}

/** `1.36.4-1.1` → `v1.36.4`. */
export const releaseOfPackage = (version: string): string => `v${version.replace(/-.*/, '')}`

/** Below zero: version `a` is older. */
export const compareVersions = (a: string, b: string): number =>
  compareReleases(releaseOfPackage(a), releaseOfPackage(b)) || (a < b ? -1 : a > b ? 1 : 0)

/** Path of the program that the package brings, if it is one that runs here. */
export const binaryOf = (name: string): string | undefined => KINDS[name]?.binary

/** What the repository of a series offers, newest first; undefined: there is no such series. */
export function offered(series: string): Package[] | undefined {
  const minor = MINORS[series]
  if (!minor) return undefined
  return KUBERNETES_PACKAGES.flatMap((name) =>
    Array.from({ length: minor.patch + 1 }, (_, i) => packageOf(name, `v${series}.${minor.patch - i}`)),
  )
}

function packageOf(name: string, release: string): Package {
  const { description, version, sizes } = KINDS[name]
  const series = Object.keys(sizes).find((s) => release.startsWith(`v${s}.`)) ?? Object.keys(sizes).at(-1)!
  const [size, installed] = sizes[series]
  const patch = Number(release.split('.')[2])
  return { name, version: version ?? debianVersion(release), size, installed: installed + 8 * patch, description }
}

const stanza = (p: Package, more: string): string =>
  `Package: ${p.name}\n${more}Version: ${p.version}\nArchitecture: amd64\nMaintainer: Kubernetes Authors <dev@kubernetes.io>\nInstalled-Size: ${p.installed}\nSection: admin\nPriority: optional\nHomepage: https://kubernetes.io\nDescription: ${p.description}\n ${p.description}.\n\n`

/** Text of a repository's file `Packages`. */
export const indexText = (packages: readonly Package[]): string =>
  packages.map((p) => stanza(p, `Filename: amd64/${p.name}_${p.version}_amd64.deb\nSize: ${p.size}\n`)).join('')

/** Reads stanzas of `Packages` or of dpkg's status file. */
export function parseStanzas(text: string): (Package & { readonly status: string })[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('Package: '))
    .map((block) => {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
      return {
        name: field('Package'),
        version: field('Version'),
        size: Number(field('Size')),
        installed: Number(field('Installed-Size')),
        description: field('Description'),
        status: field('Status'),
      }
    })
}

export const STATUS_FILE = '/var/lib/dpkg/status'

/** A package that is installed; on hold it is not to be changed unasked. */
export interface InstalledPackage extends Package {
  readonly held: boolean
}

/** What dpkg knows to be installed: the packages of Kubernetes. Ubuntu's own are not simulated. */
export function installedPackages(host: Host): InstalledPackage[] {
  const file = host.fs.find(STATUS_FILE)
  if (file?.kind !== 'file') return []
  return parseStanzas(file.read()).map(({ status, ...p }) => ({ ...p, held: status.startsWith('hold') }))
}

/** /var/lib/dpkg/status. */
export const statusText = (packages: readonly InstalledPackage[]): string =>
  packages.map((p) => stanza(p, `Status: ${p.held ? 'hold' : 'install'} ok installed\n`)).join('')

const REPOSITORY = 'https://pkgs.k8s.io/core:/stable:'

/** Where apt keeps what a repository said: the URI without its scheme, with underscores. */
export const indexFile = (uri: string): string =>
  `/var/lib/apt/lists/${uri
    .replace(/^\w+:\/\//, '')
    .replace(/\/$/, '')
    .replaceAll('/', '_')}_Packages`

/** Bytes of a series' index. */
export const INDEX_BYTES = 9460

interface PackageFile {
  readonly path: string
  readonly mode: number
  readonly content: string | (() => string)
  readonly size?: number
}

/** The files of a machine on which the packages of a release were installed and put on hold, as kubeadm's guide says. */
export function packageFiles(release: string): PackageFile[] {
  const series = release.replace(/^v/, '').split('.').slice(0, 2).join('.')
  const status = (): string =>
    statusText(
      Object.keys(KINDS).map((name) => ({
        ...packageOf(name, release),
        held: (KUBERNETES_PACKAGES as readonly string[]).includes(name),
      })),
    )
  return [
    { path: STATUS_FILE, mode: 0o644, size: 2600, content: status },
    {
      path: '/etc/apt/sources.list.d/kubernetes.list',
      mode: 0o644,
      content: `deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.gpg] ${REPOSITORY}/v${series}/deb/ /\n`,
    },
    {
      path: indexFile(`${REPOSITORY}/v${series}/deb/`),
      mode: 0o644,
      size: INDEX_BYTES,
      content: () => indexText(offered(series) ?? []),
    },
  ]
}
