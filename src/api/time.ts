let lastSecond = Number.NaN
let lastText = ''

/** metav1.Time: RFC 3339 with seconds, e.g. `2026-11-21T02:38:23Z`. */
export function rfc3339(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
  }
  return lastText
}

/** metav1.MicroTime: with microseconds, as Leases and scheduler events have it. */
export const microTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`
