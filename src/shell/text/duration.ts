/** Seconds of a GNU interval: `5`, `0.5s`, `2m`, `1h`, `1d`, `inf`; undefined when malformed. */
export function seconds(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY
  const m = /^\+?(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)([smhd]?)$/.exec(text)
  if (!m) return undefined
  return Number(m[1]) * { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[m[2] as '' | 's' | 'm' | 'h' | 'd']
}
