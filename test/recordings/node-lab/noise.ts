/**
 * What differs between two honest runs of the node lab beyond PROVENANCE.md's list, because it is chance or a
 * measurement: process ids, ids of containers and boots, interface names and MAC addresses, memory and CPU amounts.
 */
const NOISE: readonly [RegExp, string][] = [
  // Identifiers.
  [/\b[0-9a-f]{64}\b/g, '<id>'],
  [/\b[0-9a-f]{32}\b/g, '<id>'],
  [/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{13}\b/g, '<shortid>'],
  [/\b\d{13}\b(?=[ "])/g, '<shortid>'],
  [/\bveth[0-9a-f]{8}\b/g, '<veth>'],
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, '<mac>'],
  [/\bfe80::[0-9a-f:]+/g, '<linklocal>'],
  [/CNI-[0-9a-f]{24}/g, '<cnichain>'],
  [/KUBE-SEP-[A-Z2-7]{16}/g, '<sepchain>'],
  [/(containers\/[a-z-]+\/)[0-9a-f]{8}\b/g, '$1<hash>'],
  [/("?io\.kubernetes\.container\.hash"?(?::| ->) "?)[0-9a-f]{8}/g, '$1<hash>'],
  [/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<sfx>'],
  // Process ids.
  [/([A-Za-z)\]])\[\d+\]:/g, '$1[<pid>]:'],
  [/(Main PID: |Process: |[├└]─ *|pid=|"pid": |\/proc\/|Killed process )\d+/g, '$1<pid>'],
  // Ages in words, and times since boot.
  [/(?:Less than a second|About (?:a|an) (?:minute|hour)|\d+ (?:second|minute|hour|day)s?) ago/g, '<age> ago'],
  [/since <time>; [0-9a-z .]+ ago/g, 'since <time>; <age> ago'],
  [/(; |for |Duration: )(?:\d+(?:h|min|ms|s|us|µs|\.\d+s)? ?)+( ago|$)/gm, '$1<age>$2'],
  [/\[ *\d+\.\d{6}\]/g, '[<uptime>]'],
  [/"?\b1795\d{6}\b"?|"1795\d{15}"/g, '<time>'],
  // Amounts.
  [/Tasks: \d+/g, 'Tasks: <n>'],
  [/Memory: [\d.]+[BKMG](?: \(peak: [^)]*\))?/g, 'Memory: <size>'],
]

export function withoutNoise(text: string): string {
  let out = text
  for (const [pattern, by] of NOISE) out = out.replace(pattern, by)
  return out
}

/** Commands whose rows are ordered by a random id or by the instant of concurrent starts: their rows are compared as a set. */
export const UNORDERED =
  /\b(crictl( -r \S+)? (ps|pods|stats|statsp)\b|ctr (-n \S+ )?(containers|tasks|images) ls|runc .*list|conntrack -[LD]|bridge fdb|ss -)/

/** Sorts the rows of a listing (not its heading), blanks folded. */
export function sortedRows(text: string): string {
  const [head, ...rows] = text.split('\n')
  return [head, ...rows.sort()].join('\n')
}
