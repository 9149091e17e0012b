import { normalise } from '../normalise.ts'

/**
 * What differs between two honest runs of the node lab beyond PROVENANCE.md's list, because it is chance or a
 * measurement: process ids, ids of containers and boots, interface names and MAC addresses, memory and CPU amounts.
 */
const NOISE: readonly [RegExp, string][] = [
  // Identifiers.
  [/\b[0-9a-f]{64}\b/g, '<id>'],
  // Hashes of manifests also follow an underscore, in names of directories.
  [/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g, '<id>'],
  [/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{13}\b/g, '<shortid>'],
  [/\b\d{13}\b(?=[ "])/g, '<shortid>'],
  [/\bveth[0-9a-f]{8}\b/g, '<veth>'],
  // Hashes of a build.
  [/Go BuildID=[\w/-]{83}, BuildID\[sha1\]=[0-9a-f]{40}/g, 'Go BuildID=<id>, BuildID[sha1]=<id>'],
  // Since when an archived journal goes.
  [/-[0-9a-f]{16}(?=\.journal)/g, '-<time>'],
  // The time in the name of a certificate's file.
  [/(?<=kubelet-(?:client|server)-)\d{4}(?:-\d\d){5}(?=\.pem)/g, '<time>'],
  // Suffixes of pods' names in names of files, where an underscore follows.
  [/-[bcdfghjklmnpqrstvwxz2456789]{5}(?=_(?:default|kube-system)_)/g, '-<sfx>'],
  [/(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}/g, '<serial>'],
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, '<mac>'],
  [/\bfe80::[0-9a-f:]+/g, '<linklocal>'],
  [/CNI-[0-9a-f]{24}/g, '<cnichain>'],
  [/KUBE-SEP-[A-Z2-7]{16}/g, '<sepchain>'],
  [/(containers\/[a-z-]+\/)[0-9a-f]{8}\b/g, '$1<hash>'],
  [/("?io\.kubernetes\.container\.hash"?(?::| ->) "?)[0-9a-f]{8}/g, '$1<hash>'],
  [/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<sfx>'],
  [/\b(i|m|t|x)=[0-9a-f]+(?=[;\]"])/g, '$1=<id>'],
  [/(_TIMESTAMP"? ?[:=] ?"?|__SEQNUM"? ?[:=] ?"?)\d+/g, '$1<n>'],
  [/<time>\.\d{6} /g, '<time> '],
  [/oom_memcg=\S*?\/kubepods/g, 'oom_memcg=/kubepods'],
  [/task_memcg=\S*?\/kubepods/g, 'task_memcg=/kubepods'],
  [/(cni0: port )\d+/g, '$1<n>'],
  [/(total-vm|anon-rss):\d+kB/g, '$1:<size>'],
  [/(job identifier is |Job: )\d+/g, '$1<n>'],
  [/[A-Z2-7]{8}(-default\/\S+?__10\.244)/g, '<hash>$1'],
  [/__10\.244\.\d+\.\d+\//g, '__<podip>/'],
  [/fd=\d+/g, 'fd=<n>'],
  [/(TIME_WAIT src=.*?sport=)\d+( .*?dport=)\d+( .*? dport=)\d+/g, '$1<port>$2<n>$3<port>'],
  [/\b(tcp|udp) +(6|17) \d+ /g, '$1 $2 <ttl> '],
  [/after \d+ ms/g, 'after <n> ms'],
  [/(policy ACCEPT )\d+ packets, \d+ bytes/g, '$1<n> packets'],
  [/^ *\d+[KMG]? +\d+[KMG]? (?=\S+ +(?:all|tcp|udp) +--)/gm, '<n> <n> '],
  // Rates that curl measured over a few milliseconds.
  [/^(\r? *\d+(?: +\d+){5} +)\d+( +)\d+( (?:--:--:-- ){3} *)\d+$/gm, '$1<rate>$2<rate>$3<rate>'],
  // Round-trip times of a wire that is not there, and random bytes of certificates.
  [/rtt min\/avg\/max\/mdev = \S+ ms/g, 'rtt min/avg/max/mdev = <rtt>'],
  [/(round-trip min\/avg\/max = )\S+ ms/g, '$1<rtt>'],
  [/\b\d+\.\d{3} ?ms\b/g, '<rtt>'],
  [/, time \d+ms/g, ', time <age>'],
  [/(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}/g, '<serial>'],
  [/(?:^[A-Za-z0-9+/=]{64}\n)+[A-Za-z0-9+/=]+\n(?=-----END)/gm, '<base64>\n'],
  [/status: (\w+), id: \d+/g, 'status: $1, id: <n>'],
  [/Query time: \d+ msec/g, 'Query time: <n> msec'],
  // Process ids.
  [/([A-Za-z)\]])\[\d+\]:/g, '$1[<pid>]:'],
  // Their column is as wide as the longest.
  [/([├└]─) *\d+(?= )/g, '$1<pid>'],
  [/(Main PID: |Process: |pid=|^(?=\d+ \/usr)|"pid": |\/proc\/|Killed process )\d+/gm, '$1<pid>'],
  // Ages in words, and times since boot.
  [/(?:Less than a second|About (?:a|an) (?:minute|hour)|\d+ (?:second|minute|hour|day)s?) ago/g, '<age> ago'],
  [/since <time>; [0-9a-z .]+ ago/g, 'since <time>; <age> ago'],
  [/(; |for |Duration: )(?:\d+(?:h|min|ms|s|us|µs|\.\d+s)? ?)+( ago|$)/gm, '$1<age>$2'],
  [/\[ *\d+\.\d{6}\]/g, '[<uptime>]'],
  [/"?\b1795\d{6}\b(?:\.\d{6})?"?|"1795\d{15}"|\b1795\d{12}\b/g, '<time>'],
  // Amounts.
  [/^(<shortid> +\S+ +)[\d.]+ +[\d.]+k?[MG]?B +[\d.]+k?B +\d+ /gm, '$1<cpu>  <mem>  <disk>  <inodes>  '],
  [/^(\S+ +<shortid> +)[\d.]+ +[\d.]+k?[MG]?B$/gm, '$1<cpu>  <mem>'],
  [
    /("(?:usageCoreNanoSeconds|usageNanoCores|workingSetBytes|usageBytes|rssBytes|pageFaults|usedBytes|inodesUsed)": \{\s+"value": )"\d+"/g,
    '$1<n>',
  ],
  [/\b(\d+) {2,}(RUNNING|running)\b/g, '<pid>  $2'],
  [/Tasks: \d+/g, 'Tasks: <n>'],
  [/Memory: [\d.]+[BKMG](?: \(peak: [^)]*\))?/g, 'Memory: <size>'],
]

export function withoutNoise(text: string): string {
  let out = text
  for (const [pattern, by] of NOISE) out = out.replace(pattern, by)
  return out
}

/** What chronyd measures: offsets, delays and drifts below a second, and when it asked. */
const CLOCK_NOISE: readonly [RegExp, string][] = [
  [/[+-]?\b0\.\d{9}(?: seconds (?:fast|slow) of NTP time)?/g, '<offset>'],
  [/[+-]?\d+\.\d{3} ppm(?: fast| slow)?/g, '<drift>'],
  [/skew: [\d.]+/g, 'skew: <drift>'],
  [/(Update interval : )[\d.]+/g, '$1<n>'],
  // Reach, LastRx, samples.
  [/^(\^\S +\S+ +\d+ +\d+ +[1-7]\d* +)\d+ /gm, '$1<age> '],
  [/ *(?<![\d.])[+-]?[1-9]\d*(?:ns|us|ms)\b/g, ' <offset>'],
  // Samples, runs of residuals, span, drift.
  [/^(\d+\.\d+\.\d+\.\d+ +[1-9]\d* +)\d+ +\d+ +[+-][\d.]+ +[\d.]+ /gm, '$1<runs>  <span>  <drift>  <drift> '],
]

export const withoutClockNoise = (text: string): string =>
  CLOCK_NOISE.reduce((t, [pattern, by]) => t.replace(pattern, by), text)

/** README-lab: memory and disk numbers are the host's. The output of these is compared without its figures. */
export const MEASUREMENT = /^(free|df|vmstat|uptime|lsblk -f|du |conntrack -C)/

/** Every figure, with its unit, as one word. */
export const withoutFigures = (text: string): string =>
  normalise(text)
    .replace(/\b\d+(?:[.:]\d+)*(?:[KMG]i?B?|B|%)?\b%?/g, '<n>')
    .replace(/ +(?=<n>)/g, ' ')
    .replace(/up .*?, +<n> users?/, 'up <time>, <n> users')

/** Variables of Services come from a Go map: inspected containers are compared with their environment sorted. */
export function sortedEnvironment(text: string): string {
  try {
    const doc = JSON.parse(text)
    doc.info.config.envs.sort((a: any, b: any) => (a.key < b.key ? -1 : 1))
    doc.info.runtimeSpec.process.env.sort()
    return JSON.stringify(doc, undefined, 2)
  } catch {
    return text
  }
}

/** systemd prints the fields of a JSON entry in the order of a hash table. */
export const sortedFields = (text: string): string =>
  text.trimStart().startsWith('{')
    ? text
        .trim()
        .replace(/^\{|\}$/g, '')
        .replace(/,\s*(?=")/g, ',\n')
        .split('\n')
        .map((l) => l.replace(/,$/, '').trim())
        .sort()
        .join('\n')
    : text

/** Commands whose rows are ordered by a random id or by the instant of concurrent starts: their rows are compared as a set. */
export const UNORDERED =
  /\b(crictl( -r \S+)? (ps|pods|stats|statsp)\b(?!.* (-o (json|yaml)|-v))|ctr (-n \S+ )?(containers|tasks|images) ls|runc .*list|conntrack -[LD]|bridge fdb|ss -|df|iptables -L KUBE-SERVICES|nft list)/

/** Sorts the rows of a listing (not its heading), blanks folded, elements of nft's sets as rows. */
export function sortedRows(text: string): string {
  const [head, ...rows] = text
    .replace(/elements = \{ (.*?) \}/gs, (_, list: string) => `elements =\n${list.split(/,\s+/).join('\n')}`)
    .split('\n')
  return [head, ...rows.sort()].join('\n')
}
