import { formatIp, type Host, maskOf, parseCidr, SysError } from '../../host/index.ts'

/** Where leases lie unless the configuration's `dataDir` says otherwise, and where kindnet's says. */
const DATA = '/var/lib/cni/networks'
const DATA_DIRS = [DATA, '/run/cni-ipam-state']

interface Allocation {
  /** Dotted address. */
  readonly ip: string
  readonly bits: number
  readonly gateway: string
}

/**
 * The host-local IPAM plugin: one file per address under /var/lib/cni/networks/<network>, holding the container's ID,
 * and `last_reserved_ip.0`. Throws Error when the range is full.
 */
export function allocate(host: Host, network: string, subnet: string, containerId: string, dataDir = DATA): Allocation {
  const { fs } = host
  const dir = `${dataDir}/${network}`
  fs.mkdir(dir, { parents: true })
  const cidr = parseCidr(subnet)
  if (!cidr) throw new Error(`invalid range set 0: invalid range 0: subnet ${subnet}`)
  const first = cidr.base + 1
  const last = ((cidr.base | ~maskOf(cidr.bits)) >>> 0) - 1
  const gateway = formatIp(first)
  let at = first
  const known = fs.find(`${dir}/last_reserved_ip.0`)
  if (known?.kind === 'file') {
    const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(known.read().trim())
    if (m) {
      const n = ((Number(m[1]) << 24) | (Number(m[2]) << 16) | (Number(m[3]) << 8) | Number(m[4])) >>> 0
      if (n >= first && n <= last) at = n
    }
  }
  const taken = fs.resolve(dir)
  const names = taken.kind === 'dir' ? taken.entries : new Map()
  for (let i = 0; i < last - first + 1; i++) {
    at = at >= last ? first : at + 1
    const ip = formatIp(at)
    if (ip === gateway || names.has(ip)) continue
    fs.writeFile(`${dir}/${ip}`, `${containerId}\r\neth0`)
    fs.writeFile(`${dir}/last_reserved_ip.0`, ip)
    return { ip, bits: cidr.bits, gateway }
  }
  throw new Error(
    `failed to allocate for range 0: no IP addresses available in range set: ${gateway}-${formatIp(last)}`,
  )
}

/** Frees the addresses of a container; in every network when its name is unknown by now. */
export function release(host: Host, network: string | undefined, containerId: string): void {
  for (const data of DATA_DIRS) releaseIn(host, data, network, containerId)
}

function releaseIn(host: Host, data: string, network: string | undefined, containerId: string): void {
  const { fs } = host
  const root = fs.find(data)
  if (root?.kind !== 'dir') return
  for (const [name, dir] of root.entries) {
    if (
      (network !== undefined && name !== network && dir.kind === 'dir' && !holds(dir.entries, containerId)) ||
      dir.kind !== 'dir'
    )
      continue
    for (const [ip, file] of dir.entries) {
      if (file.kind !== 'file' || !/^\d/.test(ip) || !file.read().startsWith(containerId)) continue
      try {
        fs.unlink(`${data}/${name}/${ip}`)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
      }
    }
  }
}

const holds = (entries: ReadonlyMap<string, { kind: string; read?: unknown }>, id: string): boolean => {
  for (const [ip, file] of entries)
    if (/^\d/.test(ip) && file.kind === 'file' && (file as unknown as { read(): string }).read().startsWith(id))
      return true
  return false
}
