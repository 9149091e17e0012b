/** Shorter runs are sorted by insertion, which keeps equal items in order. */
const SHORT = 12
/** From here on the pivot is a median of medians. */
const LONG = 50
/** Almost sorted input is repaired by at most so many moves. */
const REPAIRS = 5
const SWAPS_OF_PIVOT = 12

type Hint = 'unknown' | 'increasing' | 'decreasing'

/**
 * Sorts in place as Go's sort.Sort does (pattern-defeating quicksort): it is not stable, and tools that use it show
 * equal items in the order in which it leaves them.
 */
export function goSort<T>(items: T[], less: (a: T, b: T) => boolean): T[] {
  new Sorter(items, less).sort(0, items.length, 32 - Math.clz32(items.length))
  return items
}

class Sorter<T> {
  constructor(
    private readonly items: T[],
    private readonly compare: (a: T, b: T) => boolean,
  ) {}

  /** Sorts [a, b). `limit`: bad pivots that are still allowed before heapsort takes over. */
  sort(a: number, b: number, limit: number): void {
    let balanced = true
    let partitioned = true
    for (;;) {
      const length = b - a
      if (length <= SHORT) return this.insertion(a, b)
      if (limit === 0) return this.heap(a, b)
      if (!balanced) {
        this.shuffle(a, b)
        limit--
      }
      let [pivot, hint] = this.choosePivot(a, b)
      if (hint === 'decreasing') {
        this.reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (balanced && partitioned && hint === 'increasing' && this.repair(a, b)) return
      // Many items equal to the one before: they need no further sorting.
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot)
        continue
      }
      const [middle, already] = this.partition(a, b, pivot)
      partitioned = already
      const left = middle - a
      const right = b - middle
      balanced = Math.min(left, right) >= Math.floor(length / 8)
      if (left < right) {
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
  }

  private less(i: number, j: number): boolean {
    return this.compare(this.items[i]!, this.items[j]!)
  }

  private swap(i: number, j: number): void {
    const { items } = this
    const kept = items[i]!
    items[i] = items[j]!
    items[j] = kept
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1)
  }

  private heap(first: number, end: number): void {
    const size = end - first
    const sink = (root: number, below: number): void => {
      for (;;) {
        let child = 2 * root + 1
        if (child >= below) return
        if (child + 1 < below && this.less(first + child, first + child + 1)) child++
        if (!this.less(first + root, first + child)) return
        this.swap(first + root, first + child)
        root = child
      }
    }
    for (let i = Math.floor((size - 1) / 2); i >= 0; i--) sink(i, size)
    for (let i = size - 1; i >= 0; i--) {
      this.swap(first, first + i)
      sink(0, i)
    }
  }

  /** Items before the result are less than or equal to the pivot, which is at the result. */
  private partition(a: number, b: number, pivot: number): [middle: number, already: boolean] {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    while (i <= j && this.less(i, a)) i++
    while (i <= j && !this.less(j, a)) j--
    if (i > j) {
      this.swap(j, a)
      return [j, true]
    }
    this.swap(i++, j--)
    for (;;) {
      while (i <= j && this.less(i, a)) i++
      while (i <= j && !this.less(j, a)) j--
      if (i > j) break
      this.swap(i++, j--)
    }
    this.swap(j, a)
    return [j, false]
  }

  /** Items equal to the pivot come first; returns where the greater ones begin. */
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

  /** Moves a few misplaced items; true when all is sorted then. */
  private repair(a: number, b: number): boolean {
    let i = a + 1
    for (let n = 0; n < REPAIRS; n++) {
      while (i < b && !this.less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < LONG) return false
      this.swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1)
    }
    return false
  }

  /** Scatters three items about the middle, by xorshift from the length. */
  private shuffle(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    const next = (): number => {
      random ^= BigInt.asUintN(64, random << 13n)
      random ^= random >> 7n
      random ^= BigInt.asUintN(64, random << 17n)
      return Number(BigInt.asUintN(32, random))
    }
    const modulus = 2 ** (32 - Math.clz32(length))
    const at = a + Math.floor(length / 4) * 2
    for (let i = 0; i < 3; i++) {
      let other = next() & (modulus - 1)
      if (other >= length) other -= length
      this.swap(at - 1 + i, a + other)
    }
  }

  private choosePivot(a: number, b: number): [number, Hint] {
    const length = b - a
    let swaps = 0
    const quarter = Math.floor(length / 4)
    let i = a + quarter
    let j = a + quarter * 2
    let k = a + quarter * 3
    const median = (x: number, y: number, z: number): number => {
      const order = (p: number, q: number): [number, number] => {
        if (!this.less(q, p)) return [p, q]
        swaps++
        return [q, p]
      }
      ;[x, y] = order(x, y)
      ;[y, z] = order(y, z)
      ;[x, y] = order(x, y)
      return y
    }
    if (length >= 8) {
      if (length >= LONG) {
        i = median(i - 1, i, i + 1)
        j = median(j - 1, j, j + 1)
        k = median(k - 1, k, k + 1)
      }
      j = median(i, j, k)
    }
    return [j, swaps === 0 ? 'increasing' : swaps === SWAPS_OF_PIVOT ? 'decreasing' : 'unknown']
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j)
  }
}
