import { createWorld } from '../../src/cluster/index.ts'

/** `npm run bench`: medians of what players feel. */
const median = (xs: number[]): number => xs.sort((a, b) => a - b)[xs.length >> 1]
function time(name: string, fn: () => void, runs = 5): void {
  fn()
  const ms = Array.from({ length: runs }, () => {
    const t = performance.now()
    fn()
    return performance.now() - t
  })
  console.log(`${name.padEnd(28)} ${median(ms).toFixed(1)} ms`)
}
time('world boot, default', () => createWorld({ cluster: 'default' }))
time('world boot, ha', () => createWorld({ cluster: 'ha' }))
