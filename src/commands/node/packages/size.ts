/** apt's SizeToStr with a unit: 8192 B, 16.4 kB, 12.6 MB. */
export function sizeText(bytes: number): string {
  const units = ['', 'k', 'M', 'G']
  let value = bytes
  for (let i = 0; ; i++) {
    if (value < 100 && i > 0) return `${value.toFixed(1)} ${units[i]}B`
    if (value < 10_000) return `${Math.round(value)} ${units[i]}B`
    value /= 1000
  }
}
