/** The normalisation of PROVENANCE.md, in its order. Both sides of a comparison go through it. */
const RULES: readonly [RegExp, string][] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI escapes
  [/\u001b\[[0-9;?]*[A-Za-z]/g, ''],
  [/\b[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /g, '<klog> '],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d| [+-]\d{4}(?: UTC)?)?/g, '<time>'],
  [/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|[A-Z]{3,4})/g, '<time>'],
  [
    /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?[A-Z][a-z]{2} +\d{1,2},? (?:\d{4} )?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: \d{4})?(?: (?:UTC|GMT))?(?: \d{4})?/g,
    '<time>',
  ],
  [/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) <time>/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/containerd:\/\/[0-9a-f]+/g, '<id>'],
  [/sha256:[0-9a-f]{12,64}/g, '<id>'],
  [/0x[0-9a-f]+/g, '<ptr>'],
  [/(resourceVersion"?: ?)"?\d+"?/g, '$1<rv>'],
  [/("?(?:observedG|g)eneration"?: ?)\d+/g, '$1<gen>'],
  [/10\.244\.\d+\.\d+(?!\/)/g, '<podip>'],
  [/\b(?!10\.96\.0\.10?(?!\d))10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+(?!\/)/g, '<svcip>'],
  [/-[a-z0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<hash>-<sfx>'],
  [/(pod-template-hash(?:=|"?: ?"?))[a-z0-9]{7,10}/g, '$1<hash>'],
  [/-(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{9,10}\b/g, '-<hash>'],
  [/-(?=[a-z0-9]*\d|[a-z0-9]*[bcdfghjklmnpqrstvwxz]{5})[bcdfghjklmnpqrstvwxz2456789]{5}(?=[\s"',:)/]|$)/gm, '-<sfx>'],
  [
    /\b(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!i|b|B))?\d+(?:\.\d+)?(?:ms|µs|ns|s)\b|\b(?:\d+y)?(?:\d+d)?(?:\d+h)?\d+m(?=[\s)"]|$)|\b(?:\d+y)?(?:\d+d)?\d+h\b|\b(?:\d+y)?\d+d\b/gm,
    '<age>',
  ],
  [/\b3[012]\d{3}\b/g, '<nodeport>'],
  [/(\d+\.\d+\.\d+\.\d+|\]|localhost):(?:3[3-9]|4\d|5\d|60)\d{3}\b/g, '$1:<port>'],
]

/** Text as it is compared. */
export function normalise(text: string): string {
  let out = text
  for (const [pattern, by] of RULES) out = out.replace(pattern, by)
  return out
    .replace(/ {2,}|\t+/g, '  ')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n+$/, '\n')
}
