import { RegexCache, splitAt } from './regex.ts'
import { AwkError, fromInput, toNumber, toText, type Value } from './values.ts'

/** An awk array. */
export type Table = Map<string, Value>

/** A function call's parameters and locals. */
export type Frame = Map<string, Value | Table>

const MAX_DEPTH = 800
const MAX_FIELDS = 1 << 20

/**
 * All that a program names: variables, arrays, the locals of the function it is in, and the record with its fields.
 * $0 and the fields are made from each other only when asked for; NF is the door between the two.
 */
export class Memory {
  /** Where in the input the program is, as a run time error tells. */
  place(): string {
    return `\tFILENAME="${this.text('FILENAME')}" FNR=${this.text('FNR')} NR=${this.text('NR')}\n`
  }

  readonly regexes = new RegexCache()
  private readonly globals = new Map<string, Value>()
  private readonly arrays = new Map<string, Table>()
  private readonly frames: Frame[] = []
  private text0 = ''
  private fields: string[] = []
  private splitDone = true

  /** `args` is ARGV, the program's own name first. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const defaults: Record<string, Value> = {
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      NF: 0,
      NR: 0,
      FNR: 0,
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
      ENVIRON: undefined,
      ARGC: args.length,
    }
    for (const [k, v] of Object.entries(defaults)) this.globals.set(k, v)
    this.arrays.set('ENVIRON', new Map(Object.entries(env).map(([k, v]) => [k, fromInput(v)])))
    this.arrays.set('ARGV', new Map(args.map((a, i) => [String(i), fromInput(a)])))
  }

  /** A global as text: FS, OFS, CONVFMT … */
  text(name: string): string {
    return toText(this.globals.get(name))
  }

  /** A global as a number: ARGC, NR … */
  number(name: string): number {
    return toNumber(this.globals.get(name))
  }

  /** Sets a global without what an assignment in the program brings about. */
  setGlobal(name: string, v: Value): void {
    this.globals.set(name, v)
  }

  /** What a variable holds as seen from the running function. */
  get(name: string): Value {
    const local = this.frames.at(-1)
    if (local?.has(name)) {
      const v = local.get(name)
      if (v instanceof Map) throw new AwkError(`type error in reference to ${name}`)
      return v
    }
    if (name === 'NF') this.splitFields()
    return this.globals.get(name)
  }

  /** An assignment: NF cuts or pads the fields, FS and RS count from the next record on. */
  set(name: string, v: Value): void {
    const local = this.frames.at(-1)
    if (local?.has(name)) {
      local.set(name, v)
      return
    }
    if (name === 'NF') {
      this.splitFields()
      const n = Math.max(0, Math.trunc(toNumber(v)))
      this.pad(n)
      this.fields.length = n
      this.rebuild()
      return
    }
    if (!this.splitDone && (name === 'FS' || name === 'RS')) this.splitFields()
    this.globals.set(name, v)
  }

  /** The array of that name, made when there is none. */
  table(name: string): Table {
    const local = this.frames.at(-1)
    if (local?.has(name)) {
      let v = local.get(name)
      if (!(v instanceof Map)) {
        v = new Map()
        local.set(name, v)
      }
      return v
    }
    let table = this.arrays.get(name)
    if (!table) {
      table = new Map()
      this.arrays.set(name, table)
    }
    return table
  }

  isArray(name: string): boolean {
    const local = this.frames.at(-1)
    if (local?.has(name)) return local.get(name) instanceof Map
    return this.arrays.has(name)
  }

  /** Refuses a call that nests too deep; asked before the arguments are evaluated. */
  checkDepth(): void {
    if (this.frames.length > MAX_DEPTH) throw new AwkError('function call nesting too deep')
  }

  enter(frame: Frame): void {
    this.frames.push(frame)
  }

  leave(): void {
    this.frames.pop()
  }

  /** $0 as it stands. */
  get record(): string {
    return this.text0
  }

  set record(text: string) {
    this.text0 = text
    this.splitDone = false
  }

  /** $n; $0 is the record. */
  field(n: number): Value {
    if (n < 0) throw new AwkError(`negative field index $${n}`)
    if (n === 0) return fromInput(this.text0)
    this.splitFields()
    return n <= this.fields.length ? fromInput(this.fields[n - 1]) : undefined
  }

  setField(n: number, v: Value): void {
    const text = toText(v, this.text('CONVFMT'))
    if (n === 0) {
      this.record = text
      return
    }
    if (n > MAX_FIELDS) throw new AwkError(`program limit exceeded: maximum number of fields size=${MAX_FIELDS}`)
    this.splitFields()
    this.pad(n)
    this.fields[n - 1] = text
    this.rebuild()
  }

  /** A text split as a record is: by blanks, a character, or a regular expression; lines too where RS is empty. */
  split(text: string, fs: string): string[] {
    if (text === '') return []
    if (fs === ' ') {
      const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '')
      return trimmed === '' ? [] : trimmed.split(/[ \t\n]+/)
    }
    if (this.text('RS') === '' && fs !== '\n') return text.split('\n').flatMap((l) => this.splitBy(l, fs))
    return this.splitBy(text, fs)
  }

  private splitBy(text: string, fs: string): string[] {
    if (fs === '') return [...text]
    if (fs === '\\|') return text.split('|')
    if (fs.length === 1) return text.split(fs)
    return splitAt(text, this.regexes.get(fs))
  }

  private splitFields(): void {
    if (this.splitDone) return
    this.splitDone = true
    this.fields = this.split(this.text0, this.text('FS'))
    this.globals.set('NF', this.fields.length)
  }

  private pad(n: number): void {
    while (this.fields.length < n) this.fields.push('')
  }

  /** NF and $0 anew from the fields. */
  private rebuild(): void {
    this.globals.set('NF', this.fields.length)
    this.text0 = this.fields.join(this.text('OFS'))
    this.splitDone = true
  }
}
