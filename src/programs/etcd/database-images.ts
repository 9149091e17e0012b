import { PAGE } from '../../etcd/size.ts'
import type { Kernel } from '../../kernel/index.ts'
import type { SnapshotFile } from './snapshot-file.ts'

/** So many databases are known again. */
const KEPT = 8

/**
 * The databases whose bytes somebody has read. Bytes that went through a pipe, `head -c` or base64 are only bytes: this
 * is how a database among them is known again, since what they were made from cannot be had from them.
 */
export class DatabaseImages {
  private readonly known: SnapshotFile[] = []

  /** Somebody reads the bytes of a database. */
  shown(file: SnapshotFile): void {
    if (this.known.includes(file)) return
    this.known.unshift(file)
    this.known.splice(KEPT)
  }

  /** The database that these bytes are, or were before they were cut or changed; undefined: none that was read here. */
  recognise(bytes: Uint8Array): SnapshotFile | undefined {
    if (bytes.length < PAGE) return undefined
    let best: { file: SnapshotFile; image: Uint8Array; alike: number } | undefined
    for (const file of [...this.known]) {
      const image = file.render()
      const alike = likeness(image, bytes)
      if (alike > (best?.alike ?? 0.5)) best = { file, image, alike }
    }
    if (!best) return undefined
    return best.alike === 1 && best.image.length === bytes.length ? best.file : best.file.as(bytes)
  }
}

/** Which part of the pages that both have, and that hold something, are equal. */
function likeness(image: Uint8Array, bytes: Uint8Array): number {
  const length = Math.min(image.length, bytes.length)
  let [equal, all] = [0, 0]
  for (let at = 0; at < length; at += PAGE) {
    const end = Math.min(at + PAGE, length)
    let i = at
    let empty = true
    while (i < end && image[i] === bytes[i]) if (image[i++] !== 0) empty = false
    if (i === end && empty) continue
    all++
    if (i === end) equal++
  }
  return all === 0 ? 0 : equal / all
}

const worlds = new WeakMap<Kernel, DatabaseImages>()

/** The databases of one world. */
export function imagesOf(kernel: Kernel): DatabaseImages {
  let images = worlds.get(kernel)
  if (!images) worlds.set(kernel, (images = new DatabaseImages()))
  return images
}
