/**
 * Unified diff of two values as indented JSON, as messages about immutable specs show it. Models
 * apimachinery/pkg/util/diff, which uses a port of Python's difflib; its choice of matching lines (longest run first,
 * frequent lines ignored) is what decides how the hunks look.
 */
export function specDiff(a: unknown, b: unknown): string {
  const from = JSON.stringify(a, null, 1).split('\n')
  const to = JSON.stringify(b, null, 1).split('\n')
  let out = ''
  for (const group of groupedOpcodes(from, to, 3)) {
    const first = group[0]!
    const last = group[group.length - 1]!
    out += `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`
    for (const { tag, a1, a2, b1, b2 } of group) {
      if (tag === 'equal') for (const line of from.slice(a1, a2)) out += ` ${line}\n`
      else {
        for (const line of from.slice(a1, a2)) out += `-${line}\n`
        for (const line of to.slice(b1, b2)) out += `+${line}\n`
      }
    }
  }
  return out
}

function range(start: number, stop: number): string {
  const length = stop - start
  if (length === 1) return String(start + 1)
  return `${length ? start + 1 : start},${length}`
}

interface Opcode {
  tag: 'equal' | 'change'
  a1: number
  a2: number
  b1: number
  b2: number
}

type Block = [a: number, b: number, size: number]

/** Lines of `b` by content, without those so frequent that they would match anywhere. */
function indexLines(b: readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>()
  for (const [i, line] of b.entries()) {
    const at = index.get(line)
    if (at) at.push(i)
    else index.set(line, [i])
  }
  if (b.length >= 200) {
    const limit = Math.floor(b.length / 100) + 1
    for (const [line, at] of index) if (at.length > limit) index.delete(line)
  }
  return index
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  index: Map<string, number[]>,
  [alo, ahi, blo, bhi]: readonly [number, number, number, number],
): Block {
  let [bestA, bestB, size] = [alo, blo, 0]
  let lengths = new Map<number, number>()
  for (let i = alo; i < ahi; i++) {
    const next = new Map<number, number>()
    for (const j of index.get(a[i]!) ?? []) {
      if (j < blo) continue
      if (j >= bhi) break
      const k = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, k)
      if (k > size) [bestA, bestB, size] = [i - k + 1, j - k + 1, k]
    }
    lengths = next
  }
  while (bestA > alo && bestB > blo && a[bestA - 1] === b[bestB - 1])
    [bestA, bestB, size] = [bestA - 1, bestB - 1, size + 1]
  while (bestA + size < ahi && bestB + size < bhi && a[bestA + size] === b[bestB + size]) size++
  return [bestA, bestB, size]
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const index = indexLines(b)
  const blocks: Block[] = []
  const visit = (alo: number, ahi: number, blo: number, bhi: number): void => {
    const [i, j, size] = longestMatch(a, b, index, [alo, ahi, blo, bhi])
    if (!size) return
    if (alo < i && blo < j) visit(alo, i, blo, j)
    blocks.push([i, j, size])
    if (i + size < ahi && j + size < bhi) visit(i + size, ahi, j + size, bhi)
  }
  visit(0, a.length, 0, b.length)
  return blocks
}

function opcodes(a: readonly string[], b: readonly string[]): Opcode[] {
  const codes: Opcode[] = []
  let [i, j] = [0, 0]
  for (const [ai, bj, size] of [...matchingBlocks(a, b), [a.length, b.length, 0] as Block]) {
    if (i < ai || j < bj) codes.push({ tag: 'change', a1: i, a2: ai, b1: j, b2: bj })
    ;[i, j] = [ai + size, bj + size]
    const previous = codes[codes.length - 1]
    if (!size) continue
    if (previous?.tag === 'equal') [previous.a2, previous.b2] = [i, j]
    else codes.push({ tag: 'equal', a1: ai, a2: i, b1: bj, b2: j })
  }
  return codes
}

/** Changes with `context` equal lines around them; far apart changes form groups of their own. */
function groupedOpcodes(a: readonly string[], b: readonly string[], context: number): Opcode[][] {
  const codes = opcodes(a, b)
  if (!codes.some((c) => c.tag === 'change')) return []
  const first = codes[0]!
  if (first.tag === 'equal') {
    codes[0] = { ...first, a1: Math.max(first.a1, first.a2 - context), b1: Math.max(first.b1, first.b2 - context) }
  }
  const last = codes[codes.length - 1]!
  if (last.tag === 'equal') {
    const end = { a2: Math.min(last.a2, last.a1 + context), b2: Math.min(last.b2, last.b1 + context) }
    codes[codes.length - 1] = { ...last, ...end }
  }
  const groups: Opcode[][] = []
  let group: Opcode[] = []
  for (const code of codes) {
    let { a1, b1 } = code
    if (code.tag === 'equal' && code.a2 - a1 > 2 * context) {
      group.push({ ...code, a2: Math.min(code.a2, a1 + context), b2: Math.min(code.b2, b1 + context) })
      groups.push(group)
      group = []
      a1 = Math.max(a1, code.a2 - context)
      b1 = Math.max(b1, code.b2 - context)
    }
    group.push({ ...code, a1, b1 })
  }
  if (group.some((c) => c.tag === 'change')) groups.push(group)
  return groups
}
