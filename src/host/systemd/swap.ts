import type { Host } from '../host.ts'
import type { Swap } from '../machine.ts'

/** Swap areas that /etc/fstab activates (swap.target). */
export function swapsFromFstab(host: Host): Swap[] {
  const fstab = host.fs.find('/etc/fstab')
  if (fstab?.kind !== 'file') return []
  const swaps: Swap[] = []
  for (const line of fstab.read().split('\n')) {
    const [path, , type, options = ''] = line.trim().split(/\s+/)
    if (path === undefined || path.startsWith('#') || type !== 'swap' || options.split(',').includes('noauto')) continue
    const swap = swapArea(host, path, -2 - swaps.length)
    if (swap) swaps.push(swap)
  }
  return swaps
}

/** The swap area at a path, or undefined when there is none. */
export function swapArea(host: Host, path: string, priority: number): Swap | undefined {
  const node = host.fs.find(path)
  if (node?.kind === 'file' && node.size > 0) return { path, type: 'file', size: node.size - 4096, used: 0, priority }
  if (node?.kind === 'special' && node.type === 'block')
    return { path, type: 'partition', size: 2 * 2 ** 30 - 4096, used: 0, priority }
  return undefined
}
