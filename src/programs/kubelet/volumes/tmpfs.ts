import { FileSystem, type Host, type Inode, type Mount } from '../../../host/index.ts'
import { amount } from '../resources.ts'
import type { Pod } from '../types.ts'

const PAGE = 4096

/** Storage in memory for a volume of a pod: as much as its containers may use together, at most what the node has. Models emptydir.calculateEmptyDirMemorySize. */
export function inMemory(pod: Pod, allocatable: string, sizeLimit?: string): FileSystem {
  const limits: number[] = pod.spec.containers.map((c: any) => amount(c.resources?.limits?.memory ?? '0'))
  const ofPod = limits.reduce((sum, n) => sum + n, 0)
  const size = Math.min(amount(allocatable), ofPod || Number.POSITIVE_INFINITY)
  return new FileSystem('tmpfs', 'tmpfs', Math.min(size, sizeLimit ? amount(sizeLimit) : Number.POSITIVE_INFINITY))
}

const children = (node: Inode | undefined): [string, Inode][] => (node?.kind === 'dir' ? [...node.entries] : [])

/** What files and directories take of a tmpfs: whole pages for contents. */
const pages = (node: Inode): number =>
  node.kind === 'dir'
    ? children(node).reduce((sum, [, child]) => sum + pages(child), 0)
    : node.kind === 'file'
      ? Math.ceil(node.size / PAGE) * PAGE
      : 0

/** The pods' volumes in memory, as the machine's mount table shows them. */
export function volumeMounts(host: Host): Mount[] {
  const base = '/var/lib/kubelet/pods'
  const out: Mount[] = []
  for (const [uid, pod] of children(host.fs.find(base)))
    for (const [plugin, volumes] of children(pod.kind === 'dir' ? pod.entries.get('volumes') : undefined))
      for (const [name, root] of children(volumes)) {
        if (root.fs === host.rootFs || root.fs.type !== 'tmpfs') continue
        const fs = new FileSystem('tmpfs', 'tmpfs', root.fs.capacity)
        fs.used = pages(root)
        const options = `rw,relatime,size=${Math.floor(fs.capacity / 1024)}k,inode64,noswap`
        out.push({ path: `${base}/${uid}/volumes/${plugin}/${name}`, root, fs, readOnly: false, options, bind: false })
      }
  return out
}
