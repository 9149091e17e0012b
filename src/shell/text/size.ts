const POWERS: Record<string, number> = { K: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }

/** Number with a GNU size suffix: 10, 1K, 1kB, 2M, 5b. undefined when malformed. */
export function size(text: string): number | undefined {
  const m = /^(\d+)(b|[kKMGTPE](?:B|iB)?)?$/.exec(text)
  if (!m) return undefined
  const n = Number(m[1])
  if (!m[2]) return n
  if (m[2] === 'b') return n * 512
  return n * (m[2].endsWith('B') && !m[2].endsWith('iB') ? 1000 : 1024) ** POWERS[m[2][0].toUpperCase()]
}

/** 1.5K, 12M, 3G: sizes as ls -h, du -h and df -h print them (rounded up, one decimal below 10). */
export function human(bytes: number, base = 1024): string {
  if (bytes < base) return String(bytes)
  const units = base === 1024 ? 'KMGTPE' : 'kMGTPE'
  let n = bytes
  let i = -1
  while (n >= base && i < units.length - 1) {
    n /= base
    i++
  }
  const tenth = Math.ceil(n * 10 - 1e-9) / 10
  if (tenth < 10) return `${tenth.toFixed(1)}${units[i]}`
  const whole = Math.ceil(n - 1e-9)
  if (whole >= base && i < units.length - 1) return `1.0${units[i + 1]}`
  return `${whole}${units[i]}`
}
