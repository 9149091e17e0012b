import type { AnyStateMachine } from 'xstate'

/** A way from one state to another; `from` is undefined when every state has it. */
interface Edge {
  readonly from: string | undefined
  readonly to: string
  readonly label: string
}

const UP = 1
const DOWN = 2
const LEFT = 4
const RIGHT = 8
/** Box characters by the sides on which a line leaves the cell. */
const LINES = ' ╵╷│╴┘┐┤╶└┌├─┴┬┼'
const START = '●─▶'
const LANE = 2

/** Every way that a machine has, in the order of its definition. Ways that only act and go nowhere are left out. */
function edgesOf({ config }: AnyStateMachine): Edge[] {
  const out: Edge[] = []
  const add = (from: string | undefined, event: string, transitions: unknown): void => {
    for (const t of [transitions].flat() as (string | { target?: string; guard?: string })[]) {
      const { target, guard } = typeof t === 'string' ? { target: t, guard: undefined } : t
      if (target !== undefined)
        out.push({
          from,
          to: target.replace(/^\./, ''),
          label: [event, guard ? `[${guard}]` : event === '' ? '[else]' : ''].filter(Boolean).join(' '),
        })
    }
  }
  const addAll = (from: string | undefined, node: any): void => {
    for (const [event, transitions] of Object.entries(node.on ?? {})) add(from, event, transitions)
    for (const [delay, transitions] of Object.entries(node.after ?? {})) add(from, `after ${delay}`, transitions)
    if (node.always) add(from, '', node.always)
  }
  for (const [name, node] of Object.entries(config.states ?? {})) addAll(name, node)
  addAll(undefined, config)
  return out
}

/** Characters by row and column, with lines that meet and cross by themselves. */
class Canvas {
  private readonly cells: (string | number | undefined)[][] = []

  line(row: number, column: number, sides: number): void {
    this.cells[row] ??= []
    const cell = this.cells[row][column]
    if (typeof cell !== 'string') this.cells[row][column] = (cell ?? 0) | sides
  }

  text(row: number, column: number, text: string): void {
    this.cells[row] ??= []
    for (const [i, c] of [...text].entries()) this.cells[row][column + i] = c
  }

  rows(): string[] {
    return Array.from(this.cells, (row = []) =>
      Array.from(row, (c) => (typeof c === 'string' ? c : LINES[c ?? 0]))
        .join('')
        .trimEnd(),
    )
  }
}

/**
 * The lifecycle that a machine's definition describes, drawn for a terminal: its states below each other, to the right
 * of each the events that lead out of it; a line at the right margin leads to where they go. `any`: how to call what
 * every state can do.
 */
export function drawMachine(machine: AnyStateMachine, any: string): string[] {
  const edges = edgesOf(machine)
  const states = Object.keys(machine.config.states ?? {})
  const sources: (string | undefined)[] = edges.some((e) => e.from === undefined) ? [...states, undefined] : states
  const canvas = new Canvas()
  const left = START.length
  const inner = Math.max(...sources.map((s) => (s ?? any).length)) + 2
  const right = left + inner + 1
  const lanes = right + Math.max(...edges.map((e) => e.label.length)) + 5

  /** Row on which a state is entered, and the row on which each edge leaves. */
  const entry = new Map<string, number>()
  const exit = new Map<Edge, number>()
  let row = 0
  for (const state of sources) {
    const own = edges.filter((e) => e.from === state)
    const final = state !== undefined && (machine.config.states as any)[state].type === 'final'
    const [ns, we, tl, tr, bl, br] = final ? '║═╔╗╚╝' : '│─┌┐└┘'
    canvas.text(row, left, tl + we.repeat(inner) + tr)
    for (let i = 0; i <= own.length; i++) canvas.text(row + 1 + i, left, ns + ' '.repeat(inner) + ns)
    canvas.text(row + 1, left + 2, state ?? any)
    if (state !== undefined) entry.set(state, row + 1)
    if (state === machine.config.initial) canvas.text(row + 1, 0, START)
    for (const [i, e] of own.entries()) {
      canvas.text(row + 2 + i, right, `├─ ${e.label} `)
      exit.set(e, row + 2 + i)
    }
    row += own.length + 2
    canvas.text(row, left, bl + we.repeat(inner) + br)
    row++
  }

  const taken: { column: number; top: number; bottom: number }[] = []
  const targets = states
    .map((to) => {
      const rows = edges.filter((e) => e.to === to).map((e) => exit.get(e)!)
      return { to, rows, top: Math.min(...rows, entry.get(to)!), bottom: Math.max(...rows, entry.get(to)!) }
    })
    .filter((t) => t.rows.length > 0)
    // Short ways lie inside, so that fewer lines cross.
    .sort((a, b) => a.bottom - a.top - (b.bottom - b.top))
  for (const { to, rows, top, bottom } of targets) {
    let column = lanes
    while (taken.some((t) => t.column === column && t.top <= bottom && t.bottom >= top)) column += LANE
    taken.push({ column, top, bottom })
    for (let r = top; r <= bottom; r++) canvas.line(r, column, (r > top ? UP : 0) | (r < bottom ? DOWN : 0))
    for (const r of [entry.get(to)!, ...rows]) {
      for (let c = right + 1; c < column; c++) canvas.line(r, c, LEFT | RIGHT)
      canvas.line(r, column, LEFT)
    }
    canvas.text(entry.get(to)!, right + 1, '◀')
  }
  return canvas.rows()
}
