/** The normalisation of PROVENANCE.md, in its order. Both sides of a comparison go through it. */
const RULES: readonly [RegExp, string][] = [
  [/\u001b\[[0-9;?]*[A-Za-z]/g, ''],
  [/\b[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /g, '<klog> '],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d| [+-]\d{4}(?: UTC)?)?/g, '<time>'],
  [/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|[A-Z]{3,4})/g, '<time>'],
  [
    /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?[A-Z][a-z]{2} +\d{1,2},? (?:\d{4} )?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: \d{4})?(?: (?:UTC|GMT))?(?: \d{4})?/g,
    '<time>',
  ],
  [/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) <time>/g, '<time>'],
  // nginx: its notices and its access log.
  [/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|\d\d\/[A-Z][a-z]{2}\/\d{4}(?::\d\d){3} [+-]\d{4}/g, '<time>'],
  // `date +%T` on a line of its own.
  [/^\d\d:\d\d:\d\d$/gm, '<time>'],
  // An event's name ends in the nanoseconds of its moment.
  [/(?<=\.)18e[0-9a-f]{13}\b/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/containerd:\/\/[0-9a-f]+/g, '<id>'],
  [/sha256:[0-9a-f]{12,64}/g, '<id>'],
  // Container ids without their scheme; hashes of manifests (also as uids: in the names of log directories, in logs) and machine
  // ids; fingerprints of certificates.
  [
    /(?<=X509SHA256=)[0-9a-f]{64}|\b[0-9a-f]{64}\b|(?<=(?:config\.(?:hash|mirror)|Machine ID|machineID)"?: *"?|podUID="|kube-system(?:_[\w-]+_|\())[0-9a-f]{32}\b/g,
    '<id>',
  ],
  // The signature of cluster-info by a token: over a text that holds the CA.
  [/(?<=eyJ[A-Za-z0-9]+)\.\.[\w-]{43}/g, '..<signature>'],
  // Serial numbers of certificates are random, key ids are hashes of their keys.
  [/(?<=\bSN=)\d{15,20}\b/g, '<serial>'],
  [/(?<=\bAKID=)[0-9A-F:]{59}\b/g, '<id>'],
  // Random names of temporary files and of debug containers.
  [/\b(LIVE|MERGED|kubectl-edit|debugger)-[a-z0-9]+/g, '$1-<rand>'],
  // A certificate or request in base64: its key is random. What follows depends on the length of both.
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, '<pem>'],
  [/0x[0-9a-f]+/g, '<ptr>'],
  // Seconds since 1970 in a token.
  [/(?<="(?:exp|iat|nbf|warnafter)":)\d{10}/g, '<time>'],
  // In URLs: versions, and hashes of schemas.
  [/(?<=[?&](?:resourceVersion|timeoutSeconds)=)\d+/g, '<rv>'],
  [/(?<=hash=)[0-9A-F]{128}/g, '<id>'],
  // A certificate's own text.
  [/-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$(?![\s\S]))/g, '<pem>'],
  [/(resourceVersion"?: ?)"?\d+"?/g, '$1<rv>'],
  [/(Resource Version: +)\d+|(resourceVersion\\":\\")\d+/g, '$1$2<rv>'],
  [/("?(?:observedG|g)eneration"?: ?)\d+/g, '$1<gen>'],
  [/10\.244\.\d+\.\d+(?!\/)/g, '<podip>'],
  [/\b(?!10\.96\.0\.10?(?!\d))10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+(?!\/)/g, '<svcip>'],
  [/-[a-z0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}(?:\b|(?=_))/g, '-<hash>-<sfx>'],
  [
    /((?:pod-template-hash|controller-revision-hash|controller\.kubernetes\.io\/hash)(?:=|"?: ?"?))(?:[a-z0-9]+-)?[a-z0-9]{7,10}/g,
    '$1<hash>',
  ],
  [/-(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g, '-<hash>'],
  [
    /-(?=[a-z0-9]*\d|[a-z0-9]*[bcdfghjklmnpqrstvwxz]{5})[bcdfghjklmnpqrstvwxz2456789]{5}(?=[\s"',:;)\]/}._]|$)/gm,
    '-<sfx>',
  ],
  [
    /\b(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!i|b|B))?\d+(?:\.\d+)?(?:ms|µs|ns|s)\b|\b(?:\d+y)?(?:\d+d)?(?:\d+h)?\d+m(?=[\s)"]|$)|\b(?:\d+y)?(?:\d+d)?\d+h\b|\b(?:\d+y)?\d+d\b/gm,
    '<age>',
  ],
  // Random data: bootstrap tokens, certificate keys, dry-run directories, and what the length of a random RSA key makes of file sizes.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '<token>'],
  [/\b[0-9a-f]{64}\b/g, '<key>'],
  [/(-dryrun)\d{8,10}\b/g, '$1<n>'],
  [/("residualTime": )\d+/g, '$1<age>'],
  [/\b167[1-9](?= .*\.key$)/gm, '<keysize>'],
  [/\b56\d\d(?= .*\.conf$)/gm, '<confsize>'],
  [/\b3[012]\d{3}\b/g, '<nodeport>'],
  [/(\d+\.\d+\.\d+\.\d+|\]|localhost):(?:3[3-9]|4\d|5\d|60)\d{3}\b/g, '$1:<port>'],
]

/** Text as it is compared. */
export function normalise(text: string): string {
  let out = text
  for (const [pattern, by] of RULES) out = out.replace(pattern, by)
  return unordered(
    out
      .replace(/ {2,}|\t+/g, '  ')
      .replace(/[ \t]+$/gm, '')
      .replace(/\n+$/, '\n'),
  )
}

/**
 * Rows that only their masked names put in order (neighbours that agree up to the name), and kubectl's feature gates,
 * which come out of a Go map: compared as sets.
 */
const ORDERED_BY_CHANCE = [/^(?:\S+ +)?\S+-<sfx>(?= )/, /Feature gate default state/]

function unordered(text: string): string {
  const lines = text.split('\n')
  const keyOf = (line: string): string | undefined => {
    for (const pattern of ORDERED_BY_CHANCE) {
      const found = pattern.exec(line)
      if (found) return found[0]
    }
    return undefined
  }
  for (let i = 0; i < lines.length; ) {
    const key = keyOf(lines[i])
    let end = i + 1
    while (key !== undefined && end < lines.length && keyOf(lines[end]) === key) end++
    if (end - i > 1) lines.splice(i, end - i, ...lines.slice(i, end).sort())
    i = end
  }
  return lines.join('\n')
}
