/** What a step printed. */
interface Printed {
  readonly stdout: string
  readonly stderr: string
}

/** Values that are random data in every run: digests, process IDs, keys and everything computed from them. */
const RANDOM: readonly [RegExp, string][] = [
  [/\[\d{1,3}(?: \d{1,3}){31}\]/g, '<digest>'],
  [/\b[0-9a-f]{64}\b/g, '<digest>'],
  [/(MD5\(stdin\)= )[0-9a-f]{32}/g, '$1<digest>'],
  [/\bpid=\d+/g, 'pid=<pid>'],
  // Which number a socket gets depends on what else the process opened.
  [/\bfd=\d+/g, 'fd=<n>'],
  [/\b[0-9A-F]{16}(?=:error:)/g, '<thread>'],
  [/^(\s*)(?:[0-9a-f]{2}:)+(?:[0-9a-f]{2})?$/gm, '$1<bytes>'],
  [/(Fingerprint=)(?:[0-9A-F]{2}:)+[0-9A-F]{2}/g, '$1<bytes>'],
  [/^[A-Za-z0-9+/]{20,64}={0,2}$/gm, '<base64>'],
  // The rest of an RSA modulus, in base64.
  [/^[A-Za-z0-9+/]{1,64}={0,2}(?=\n-----END PUBLIC KEY-----)/gm, '<base64>'],
  [/(Serial Number: )\d+ \(0x[0-9a-f]+\)/g, '$1<serial>'],
  [/(keyid:)?(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/g, '$1<keyid>'],
  [/\b[0-9A-F]{64,}\b/g, '<secret>'],
]

/** A step's output without what only chance decides. Both sides of a comparison go through it. */
export function comparable<T extends Printed>(cmd: string, result: T): T {
  let { stdout, stderr } = result
  stdout = decoded(stdout)
  for (const [pattern, by] of RANDOM) {
    stdout = stdout.replace(pattern, by)
    stderr = stderr.replace(pattern, by)
  }
  // ss lists sockets in the order of a hash.
  if (/\bss -/.test(cmd)) stdout = stdout.split('\n').sort().join('\n')
  if (!/endpoint health/.test(cmd)) return { ...result, stdout, stderr }
  return { ...result, stdout: healthInOrder(stdout), stderr: sorted(stderr) }
}

/** Bytes that are no UTF-8 travel as U+DC80..U+DCFF; the recorder wrote U+FFFD for them. */
function decoded(text: string): string {
  if (!/[\udc80-\udcff]/.test(text)) return text
  const bytes = [...text].flatMap((ch) => {
    const c = ch.codePointAt(0)!
    return c >= 0xdc80 && c <= 0xdcff ? [c - 0xdc00] : [...new TextEncoder().encode(ch)]
  })
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

const LINE = /^(?:.*(?:is healthy:|is unhealthy:|\| +(?:true|false) \|).*|\{"level":"warn".*retry_interceptor.*)\n?/gm

/** `endpoint health` prints its endpoints in the order of completion, which differs from call to call. */
function healthInOrder(text: string): string {
  if (/^\[\{"endpoint"/.test(text))
    return `${JSON.stringify(JSON.parse(text).sort((a: { endpoint: string }, b: { endpoint: string }) => (a.endpoint < b.endpoint ? -1 : 1)))}\n`
  if (/^"Endpoint" :/.test(text)) return `${text.trimEnd().split('\n\n').sort().join('\n\n')}\n\n`
  return sorted(text)
}

function sorted(text: string): string {
  const lines = [...(text.match(LINE) ?? [])].map(withoutChance).sort()
  return text.replace(LINE, () => lines.shift()!)
}

const withoutChance = (line: string): string => line.replace(/"ts":"[^"]*"/, '"ts":""').replace(/0x[0-9a-f]+/g, '0x0')
