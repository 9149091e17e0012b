import { signalName, signalNumber } from '../../host/index.ts'

/** Signal names by number, as `kill -l` lists them. */
const NAMES = [
  '',
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
]

const name = (n: number): string =>
  n < 32 ? NAMES[n] : n === 34 ? 'RTMIN' : n === 64 ? 'RTMAX' : n < 50 ? `RTMIN+${n - 34}` : `RTMAX-${64 - n}`

/** `SIGTERM` for TERM, SIGTERM, term, 15; '' for 0; undefined when it is no signal. */
export function signalFromText(text: string): string | undefined {
  if (text === '0') return ''
  if (/^\d+$/.test(text))
    return signalName(Number(text)) ?? (Number(text) < 65 ? `SIG${name(Number(text))}` : undefined)
  const upper = text.toUpperCase().replace(/^SIG/, '')
  if (signalNumber(`SIG${upper}`) > 0) return `SIG${upper}`
  return NAMES.includes(upper) && upper !== '' ? `SIG${upper}` : undefined
}

/** `kill -l` of bash: five columns. */
export function signalTable(): string {
  let out = ''
  let column = 0
  for (let n = 1; n <= 64; n++) {
    if (n === 32 || n === 33) continue
    out += `${String(n).padStart(2)}) SIG${name(n)}`
    column++
    out += column % 5 === 0 ? '\n' : '\t'
  }
  return `${out}\n`
}

/** `kill -l` of procps and `kill -L`. */
export const signalNames = (): string[] => NAMES.slice(1)
