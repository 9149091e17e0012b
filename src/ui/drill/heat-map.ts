import { LEVELS, type Level } from '../../game/drill/record.ts'
import type { Cell, DomainStrength } from '../../game/drill/strength.ts'
import { domainName } from '../../scenario/curriculum.ts'
import type { Language } from '../../scenario/language.ts'
import { say } from '../typeset.ts'
import stringWidth from '../width.ts'
import type { Line, Tone } from './line.ts'
import type { DrillText } from './text.ts'

/** From which strength on, in per cent; the shades can be told apart without colours. */
const SHADES: readonly { readonly from: number; readonly sign: string; readonly tone: Tone | undefined }[] = [
  { from: 90, sign: '█', tone: 'good' },
  { from: 80, sign: '▓', tone: undefined },
  { from: 60, sign: '▒', tone: 'warn' },
  { from: 0, sign: '░', tone: 'bad' },
]

/** A share from 0 to 1, as a whole number of percent. */
export const percentOf = (share: number): number => Math.round(share * 100)

/** How a cell of so much is drawn. */
export const shadeOf = (percent: number) => SHADES.find(({ from }) => percent >= from)!

/** Columns of a cell with its counts, and without. */
const CELL = 10
const NARROW_CELL = 6
/** The longest names of domains, in any language. */
const NAME = 26

/** Text in so many columns, the last of them blank. */
export const fitted = (text: string, width: number): string => {
  const cut = stringWidth(text) > width - 1 ? `${text.slice(0, width - 2)}…` : text
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)))
}

/** One row a domain, one column a difficulty. */
export function heatMap(strengths: readonly DomainStrength[], t: DrillText, language: Language, width: number): Line[] {
  const wide = width >= NAME + CELL * LEVELS.length
  const cellWidth = wide ? CELL : NARROW_CELL
  const nameWidth = wide ? NAME : Math.max(6, width - cellWidth * LEVELS.length)
  const head = LEVELS.map((level) => fitted('●'.repeat(Number(level)), cellWidth)).join('')
  return [
    { parts: [{ text: ' '.repeat(nameWidth) + head.trimEnd(), tone: 'dim' }], spoken: '' },
    ...strengths.map(({ domain, cells }): Line => {
      const name = say(domainName(domain, language), language)
      return {
        parts: [
          { text: fitted(name, nameWidth) },
          ...LEVELS.map((level) => ({
            text: fitted(shown(cells[level], wide), cellWidth),
            tone: toneOf(cells[level]),
          })),
        ],
        spoken: `${name}${t.colon} ${spoken(cells, t)}`,
      }
    }),
    { parts: [{ text: t.legend, tone: 'dim' }], spoken: '' },
  ]
}

function shown({ skills, drilled, strength }: Cell, wide: boolean): string {
  if (skills === 0) return ''
  const counts = wide ? ` ${drilled}/${skills}` : ''
  if (drilled === 0) return `·${counts}`
  const percent = percentOf(strength)
  return `${shadeOf(percent).sign} ${percent}${counts}`
}

const toneOf = ({ drilled, strength }: Cell): Tone | undefined =>
  drilled === 0 ? 'dim' : shadeOf(percentOf(strength)).tone

function spoken(cells: Readonly<Record<Level, Cell>>, t: DrillText): string {
  const said = LEVELS.flatMap((level) => {
    const { skills, drilled, strength } = cells[level]
    if (skills === 0) return []
    return [drilled === 0 ? t.cellNew(level, skills) : t.cell(level, percentOf(strength), drilled, skills)]
  })
  return said.length === 0 ? t.noCells : said.join(' · ')
}
