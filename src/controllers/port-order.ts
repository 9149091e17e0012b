import { textToBytes } from '../kernel/index.ts'
import { digest } from '../pki/hash.ts'

/** Go's dump of a port, as its hash sees it (k8s.io/utils/dump ForHash): members in the order of the struct. */
const dumpOf = (members: readonly (readonly [name: string, type: string, value: unknown])[]): string =>
  `(v1.EndpointPort){${members.map(([name, type, value]) => `${name}:(${type})${value ?? '<nil>'}`).join(' ')}}`

function sorted<T, H>(ports: readonly T[], hash: (port: T) => H, compare: (a: H, b: H) => number): T[] {
  if (ports.length < 2) return [...ports]
  const hashed = ports.map((port) => ({ port, hash: hash(port) }))
  return hashed.sort((a, b) => compare(a.hash, b.hash)).map((h) => h.port)
}

/** Ports of an EndpointSlice are ordered by the MD5 of their dump (endpointslice/util portsInOrder). */
export const slicePorts = (ports: readonly any[]): any[] =>
  sorted(
    ports,
    ({ name, protocol, port, appProtocol }) =>
      digest(
        'md5',
        dumpOf([
          ['Name', '*string', name],
          ['Protocol', '*v1.Protocol', protocol],
          ['Port', '*int32', port],
          ['AppProtocol', '*string', appProtocol],
        ]),
      ),
    (a, b) => a.compare(b),
  )

const OFFSET = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x0000000001000000000000000000013bn

/** FNV-1a of 128 bits. */
function fnv128a(text: string): bigint {
  let hash = OFFSET
  for (const byte of textToBytes(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * PRIME)
  return hash
}

/** Those of an Endpoints subset by the FNV-128a of theirs (pkg/api/v1/endpoints portsByHash). */
export const subsetPorts = (ports: readonly any[]): any[] =>
  sorted(
    ports,
    ({ name = '', port, protocol, appProtocol }) =>
      fnv128a(
        dumpOf([
          ['Name', 'string', name],
          ['Port', 'int32', port],
          ['Protocol', 'v1.Protocol', protocol],
          ['AppProtocol', '*string', appProtocol],
        ]),
      ),
    (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  )
