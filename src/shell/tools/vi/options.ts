import { ExError } from './ex-error.ts'

const DEFAULTS: Record<string, boolean | number> = {
  number: false,
  relativenumber: false,
  paste: false,
  expandtab: false,
  tabstop: 8,
  shiftwidth: 8,
  softtabstop: 0,
  autoindent: false,
  smartindent: false,
  ignorecase: false,
  smartcase: false,
  hlsearch: false,
  list: false,
  wrap: true,
  readonly: false,
  cursorcolumn: false,
  cursorline: false,
  wrapscan: true,
  incsearch: true,
  ruler: true,
  showcmd: true,
  compatible: false,
  mouse: false,
}
const SHORT: Record<string, string> = {
  nu: 'number',
  rnu: 'relativenumber',
  et: 'expandtab',
  ts: 'tabstop',
  sw: 'shiftwidth',
  sts: 'softtabstop',
  ai: 'autoindent',
  si: 'smartindent',
  ic: 'ignorecase',
  scs: 'smartcase',
  hls: 'hlsearch',
  ro: 'readonly',
  cuc: 'cursorcolumn',
  cul: 'cursorline',
  ws: 'wrapscan',
  is: 'incsearch',
  ru: 'ruler',
  sc: 'showcmd',
}

/** Options that take text or are accepted without effect. */
const IGNORED =
  /^(syntax|filetype|ft|encoding|enc|fileencoding|fenc|backspace|bs|laststatus|ls|mouse|background|bg|clipboard|cb|scrolloff|so|foldmethod|fdm|termguicolors|t_Co|nocompatible|cp|compatible|indentkeys|formatoptions|fo|textwidth|tw|cinkeys|visualbell|vb|errorbells|eb|hidden|hid|swapfile|swf|backup|bk|undofile|udf|wildmenu|wmnu|showmatch|sm|title|list|lcs|listchars|nrformats|fileformat|ff)$/

/** `:set`: options by long or short name. */
export class Options {
  readonly values: Record<string, boolean | number> = { ...DEFAULTS }

  /** Does what `:set OPTION` asks; returns what it says, if anything. */
  set(option: string): string | undefined {
    const m = /^(no|inv)?([a-zA-Z_]+)([!?&]|[-+^]?[=:](.*))?$/.exec(option)
    if (!m) throw new ExError(`E518: Unknown option: ${option}`)
    const { values } = this
    const full = (n: string): string => SHORT[n] ?? n
    const whole = full((m[1] ?? '') + m[2])
    const negated = m[1] !== undefined && !(whole in values)
    const name = negated ? full(m[2]) : whole
    if (!(name in values)) {
      if (IGNORED.test(m[2]) || IGNORED.test((m[1] ?? '') + m[2])) return undefined
      throw new ExError(`E518: Unknown option: ${option}`)
    }
    const numeric = typeof values[name] === 'number'
    if (m[3] === '?') return numeric ? `  ${name}=${values[name]}` : `${values[name] ? '  ' : 'no'}${name}`
    if (m[3] === '!' || m[1] === 'inv') values[name] = !values[name]
    else if (m[4] !== undefined) values[name] = numeric ? Number(m[4]) : true
    else if (numeric) return `  ${name}=${values[name]}`
    else values[name] = !negated
    return undefined
  }

  /** Whether case counts for a pattern. */
  ignoreCase(pattern: string): boolean {
    return Boolean(this.values.ignorecase) && !(this.values.smartcase && /[A-Z]/.test(pattern))
  }
}
