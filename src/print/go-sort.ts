/** Sorts up to so many elements by insertion. */
const MAX_INSERTION = 12
const SHORTEST_NINTHER = 50
const MAX_SWAPS = 4 * 3
const MAX_STEPS = 5
const SHORTEST_SHIFTING = 50

const bitLength = (n: number): number => 32 - Math.clz32(n)

/**
 * Sorts in place as Go's sort.Sort does: pattern-defeating quicksort, which leaves equal elements in an order of its
 * own. kubectl sorts events and `--sort-by` with it, so that order is part of what it prints. Models sort/zsortfunc.go.
 */
export function goSort<T>(items: T[], less: (a: T, b: T) => boolean): T[] {
  new Sorter(items, less).quick(0, items.length, bitLength(items.length))
  return items
}

class Sorter<T> {
  private swaps = 0

  constructor(
    private readonly items: T[],
    private readonly order: (a: T, b: T) => boolean,
  ) {}

  private less(i: number, j: number): boolean {
    return this.order(this.items[i], this.items[j])
  }

  private swap(i: number, j: number): void {
    const { items } = this
    const kept = items[i]
    items[i] = items[j]
    items[j] = kept
  }

  quick(from: number, to: number, limit: number): void {
    let a = from
    let b = to
    let left = limit
    let balanced = true
    let partitioned = true
    for (;;) {
      const length = b - a
      if (length <= MAX_INSERTION) return this.insertion(a, b)
      if (left === 0) return this.heap(a, b)
      if (!balanced) {
        this.breakPatterns(a, b)
        left--
      }
      let { pivot, hint } = this.choosePivot(a, b)
      if (hint === 'decreasing') {
        this.reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (balanced && partitioned && hint === 'increasing' && this.nearlySorted(a, b)) return
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot)
        continue
      }
      const cut = this.partition(a, b, pivot)
      partitioned = cut.already
      const leftLength = cut.mid - a
      const rightLength = b - cut.mid
      const threshold = Math.floor(length / 8)
      if (leftLength < rightLength) {
        balanced = leftLength >= threshold
        this.quick(a, cut.mid, left)
        a = cut.mid + 1
      } else {
        balanced = rightLength >= threshold
        this.quick(cut.mid + 1, b, left)
        b = cut.mid
      }
    }
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1)
  }

  private heap(a: number, b: number): void {
    const size = b - a
    for (let i = (size - 1) >> 1; i >= 0; i--) this.siftDown(i, size, a)
    for (let i = size - 1; i >= 0; i--) {
      this.swap(a, a + i)
      this.siftDown(0, i, a)
    }
  }

  private siftDown(low: number, high: number, first: number): void {
    let root = low
    for (;;) {
      let child = 2 * root + 1
      if (child >= high) return
      if (child + 1 < high && this.less(first + child, first + child + 1)) child++
      if (!this.less(first + root, first + child)) return
      this.swap(first + root, first + child)
      root = child
    }
  }

  private partition(a: number, b: number, pivot: number): { mid: number; already: boolean } {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    const close = (): void => {
      while (i <= j && this.less(i, a)) i++
      while (i <= j && !this.less(j, a)) j--
    }
    close()
    const already = i > j
    while (i <= j) {
      this.swap(i++, j--)
      close()
    }
    this.swap(j, a)
    return { mid: j, already }
  }

  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (;;) {
      while (i <= j && !this.less(a, i)) i++
      while (i <= j && this.less(a, j)) j--
      if (i > j) return i
      this.swap(i++, j--)
    }
  }

  private nearlySorted(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < MAX_STEPS; step++) {
      while (i < b && !this.less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < SHORTEST_SHIFTING) return false
      this.swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1)
    }
    return false
  }

  private breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    const mask = 0xffffffffffffffffn
    let random = BigInt(length)
    const modulus = 1 << bitLength(length)
    const middle = a + Math.floor(length / 4) * 2 - 1
    for (let i = 0; i < 3; i++) {
      random ^= (random << 13n) & mask
      random ^= random >> 7n
      random ^= (random << 17n) & mask
      let other = Number(random & BigInt(modulus - 1))
      if (other >= length) other -= length
      this.swap(middle - 1 + i, a + other)
    }
  }

  private choosePivot(a: number, b: number): { pivot: number; hint: 'increasing' | 'decreasing' | 'unknown' } {
    const quarter = Math.floor((b - a) / 4)
    this.swaps = 0
    let i = a + quarter
    let j = a + quarter * 2
    let k = a + quarter * 3
    if (b - a >= 8) {
      if (b - a >= SHORTEST_NINTHER) {
        i = this.median(i - 1, i, i + 1)
        j = this.median(j - 1, j, j + 1)
        k = this.median(k - 1, k, k + 1)
      }
      j = this.median(i, j, k)
    }
    return { pivot: j, hint: this.swaps === 0 ? 'increasing' : this.swaps === MAX_SWAPS ? 'decreasing' : 'unknown' }
  }

  private median(x: number, y: number, z: number): number {
    const ordered = (p: number, q: number): [number, number] => {
      if (!this.less(q, p)) return [p, q]
      this.swaps++
      return [q, p]
    }
    const [a, b] = ordered(x, y)
    const [c] = ordered(b, z)
    return ordered(a, c)[1]
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j)
  }
}
