/** One step of an edit script: lines [aFrom, aTo) of the old text become lines [bFrom, bTo) of the new one. */
interface Change {
  readonly aFrom: number
  readonly aTo: number
  readonly bFrom: number
  readonly bTo: number
}

/** Beyond this much work the rest is reported as one change, as `diff --speed-large-files` would. */
const MAX_EDITS = 4000

/** Shortest edit script between two lists (Myers). */
export function changes(a: readonly string[], b: readonly string[]): Change[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let aEnd = a.length
  let bEnd = b.length
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--
    bEnd--
  }
  if (start === aEnd && start === bEnd) return []
  const path = shortestPath(a.slice(start, aEnd), b.slice(start, bEnd))
  if (!path) return [{ aFrom: start, aTo: aEnd, bFrom: start, bTo: bEnd }]
  const out: Change[] = []
  for (const c of path) {
    const last = out.at(-1)
    const next = { aFrom: c.aFrom + start, aTo: c.aTo + start, bFrom: c.bFrom + start, bTo: c.bTo + start }
    if (last && last.aTo === next.aFrom && last.bTo === next.bFrom)
      out[out.length - 1] = { ...last, aTo: next.aTo, bTo: next.bTo }
    else out.push(next)
  }
  return out
}

function shortestPath(a: readonly string[], b: readonly string[]): Change[] | undefined {
  const n = a.length
  const m = b.length
  const trace: Map<number, number>[] = []
  let v = new Map<number, number>([[1, 0]])
  for (let d = 0; d <= Math.min(n + m, MAX_EDITS); d++) {
    trace.push(new Map(v))
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && v.get(k - 1)! < v.get(k + 1)!) ? v.get(k + 1)! : v.get(k - 1)! + 1
      let y = x - k
      while (x < n && y < m && a[x] === b[y]) {
        x++
        y++
      }
      v.set(k, x)
      if (x >= n && y >= m) return backtrack(trace, n, m)
    }
    v = new Map(v)
  }
  return undefined
}

function backtrack(trace: readonly Map<number, number>[], n: number, m: number): Change[] {
  const out: Change[] = []
  let x = n
  let y = m
  for (let d = trace.length - 1; d > 0; d--) {
    const v = trace[d]
    const k = x - y
    const previous = k === -d || (k !== d && v.get(k - 1)! < v.get(k + 1)!) ? k + 1 : k - 1
    const px = v.get(previous)!
    const py = px - previous
    while (x > px && y > py) {
      x--
      y--
    }
    if (x === px) out.push({ aFrom: x, aTo: x, bFrom: py, bTo: py + 1 })
    else out.push({ aFrom: px, aTo: px + 1, bFrom: y, bTo: y })
    x = px
    y = py
  }
  return out.reverse()
}

interface Lines {
  readonly list: string[]
  /** The last line ends with a newline. */
  readonly newline: boolean
}

/** The lines of a text. */
export const linesOf = (text: string): Lines => {
  if (text === '') return { list: [], newline: true }
  const newline = text.endsWith('\n')
  return { list: (newline ? text.slice(0, -1) : text).split('\n'), newline }
}

/** How two texts are compared. */
export interface DiffOptions {
  readonly context?: number
  /** Applied before lines are compared (-i, -w, -b). */
  readonly key?: (line: string) => string
}

/** Marks a last line without newline so that it differs from the same line with one. */
export function keyed(t: Lines, key: (line: string) => string): string[] {
  return t.list.map((l, i) => key(l) + (i === t.list.length - 1 && !t.newline ? '\0' : ''))
}

const NO_NEWLINE = '\\ No newline at end of file\n'

/** The hunks of `diff -u` (without the two header lines); '' when the texts are equal. */
export function unifiedDiff(oldText: string, newText: string, options: DiffOptions = {}): string {
  const a = linesOf(oldText)
  const b = linesOf(newText)
  const key = options.key ?? ((l: string) => l)
  const list = changes(keyed(a, key), keyed(b, key))
  const context = options.context ?? 3
  let out = ''
  for (let i = 0; i < list.length; ) {
    let j = i
    while (j + 1 < list.length && list[j + 1].aFrom - list[j].aTo <= context * 2) j++
    const aFrom = Math.max(0, list[i].aFrom - context)
    const bFrom = Math.max(0, list[i].bFrom - context)
    const aTo = Math.min(a.list.length, list[j].aTo + context)
    const bTo = Math.min(b.list.length, list[j].bTo + context)
    out += `@@ -${range(aFrom, aTo)} +${range(bFrom, bTo)} @@\n`
    const put = (mark: string, t: Lines, k: number): void => {
      out += `${mark}${t.list[k]}\n`
      if (k === t.list.length - 1 && !t.newline) out += NO_NEWLINE
    }
    let at = aFrom
    for (const c of list.slice(i, j + 1)) {
      for (; at < c.aFrom; at++) put(' ', a, at)
      for (let k = c.aFrom; k < c.aTo; k++) put('-', a, k)
      for (let k = c.bFrom; k < c.bTo; k++) put('+', b, k)
      at = c.aTo
    }
    for (; at < aTo; at++) put(' ', a, at)
    i = j + 1
  }
  return out
}

function range(from: number, to: number): string {
  if (to - from === 1) return String(from + 1)
  return to === from ? `${from},0` : `${from + 1},${to - from}`
}

/** The classic format of diff: `2c2`, `< old`, `---`, `> new`. */
export function normalDiff(oldText: string, newText: string, options: DiffOptions = {}): string {
  const a = linesOf(oldText)
  const b = linesOf(newText)
  const key = options.key ?? ((l: string) => l)
  let out = ''
  const span = (from: number, to: number): string =>
    to - from <= 1 ? String(to === from ? from : from + 1) : `${from + 1},${to}`
  for (const c of changes(keyed(a, key), keyed(b, key))) {
    const kind = c.aFrom === c.aTo ? 'a' : c.bFrom === c.bTo ? 'd' : 'c'
    out += `${span(c.aFrom, c.aTo)}${kind}${span(c.bFrom, c.bTo)}\n`
    const put = (mark: string, t: Lines, from: number, to: number): void => {
      for (let k = from; k < to; k++) {
        out += `${mark} ${t.list[k]}\n`
        if (k === t.list.length - 1 && !t.newline) out += NO_NEWLINE
      }
    }
    put('<', a, c.aFrom, c.aTo)
    if (kind === 'c') out += '---\n'
    put('>', b, c.bFrom, c.bTo)
  }
  return out
}
