import type { KubeObject } from '../../api/types.ts'

/** Annotation, and label, with a pod's completion index. */
export const INDEX = 'batch.kubernetes.io/job-completion-index'

/** A pod's completion index; NaN for a pod of a job without indexes. */
export const indexOf = (pod: KubeObject): number => Number(pod.metadata.annotations?.[INDEX])

/** `0-2,5` → [0, 1, 2, 5] */
export function expand(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number)
    return Array.from({ length: Math.min(to - from + 1, 100_000) }, (_, i) => from + i)
  })
}

/** {0, 1, 2, 5} → `0-2,5`; two in a row are written with a comma. */
export function compress(set: ReadonlySet<number>): string {
  const sorted = [...set].sort((a, b) => a - b)
  const out: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let j = i
    while (sorted[j + 1] === sorted[j] + 1) j++
    out.push(j - i >= 2 ? `${sorted[i]}-${sorted[j]}` : sorted.slice(i, j + 1).join(','))
    i = j + 1
  }
  return out.join(',')
}
