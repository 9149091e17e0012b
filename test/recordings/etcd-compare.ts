/** What a step printed. */
interface Printed {
  readonly stdout: string
  readonly stderr: string
}

/** Values that are random data in every run: digests in decimal, process IDs. */
const RANDOM: readonly RegExp[] = [/\[\d{1,3}(?: \d{1,3}){31}\]/g, /\bpid=\d+/g]

/** A step's output without what only chance decides. Both sides of a comparison go through it. */
export function comparable<T extends Printed>(cmd: string, result: T): T {
  let { stdout, stderr } = result
  stdout = decoded(stdout)
  for (const pattern of RANDOM) {
    stdout = stdout.replace(pattern, '<random>')
    stderr = stderr.replace(pattern, '<random>')
  }
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
