import { parseOptions } from './options.ts'
import type { Tool } from './tool.ts'

const VERSION = 'OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)\n'

const PARTS: readonly (readonly [option: string, text: string])[] = [
  ['v', VERSION],
  ['b', 'built on: Fri Apr  3 12:29:32 2026 UTC\n'],
  ['p', 'platform: debian-amd64\n'],
  ['o', 'options:  bn(64,64)\n'],
  [
    'f',
    'compiler: gcc -fPIC -pthread -m64 -Wa,--noexecstack -Wall -fzero-call-used-regs=used-gpr -DOPENSSL_TLS_SECURITY_LEVEL=2 -Wa,--noexecstack -g -O2 -ffile-prefix-map=/build/reproducible-path/openssl-3.0.19=. -fstack-protector-strong -Wformat -Werror=format-security -DOPENSSL_USE_NODELETE -DL_ENDIAN -DOPENSSL_PIC -DOPENSSL_BUILDING_OPENSSL -DNDEBUG -Wdate-time -D_FORTIFY_SOURCE=2\n',
  ],
  ['d', 'OPENSSLDIR: "/usr/lib/ssl"\n'],
  ['e', 'ENGINESDIR: "/usr/lib/x86_64-linux-gnu/engines-3"\n'],
  ['m', 'MODULESDIR: "/usr/lib/x86_64-linux-gnu/ossl-modules"\n'],
  ['r', 'Seeding source: os-specific\n'],
  ['c', 'CPUINFO: OPENSSL_ia32cap=0xfffa3203078bffff:0x405fc6f1bf07ab\n'],
]

/** `openssl version`: the release that the recordings were made with. */
export function version(tool: Tool, args: readonly string[]): number {
  const o = parseOptions(tool, args, {
    a: 'flag',
    ...Object.fromEntries(PARTS.map(([option]) => [option, 'flag' as const])),
  })
  if (o.rest.length > 0) tool.fail('version: Use -help for summary.')
  const wanted = PARTS.filter(([option]) => o.has('a') || o.has(option) || (o.order.length === 0 && option === 'v'))
  tool.out(wanted.map(([, text]) => text).join(''))
  return 0
}
