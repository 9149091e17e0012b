import type { Theme } from '../theme.ts'

/** What a piece of text means; a heading is bold. */
export type Tone = keyof Theme | 'heading'

/** A line of the drill's screens: text, or pieces that differ in what they mean. */
export interface Line {
  readonly parts: readonly { readonly text: string; readonly tone?: Tone }[]
  /** It can be chosen: number of the entry. */
  readonly entry?: number
  /** What a screen reader says instead; nothing for ''. */
  readonly spoken?: string
}

/** A line of one part. */
export const line = (text: string, tone?: Tone): Line => ({ parts: [{ text, tone }] })

export const BLANK: Line = line('')

/** Its plain text. */
export const textOf = ({ parts }: Line): string => parts.map(({ text }) => text).join('')

/** Lines for whoever cannot see them. */
export const spokenOf = (lines: readonly Line[]): string[] =>
  lines.map((l) => (l.spoken ?? textOf(l)).trim()).filter((text) => text !== '')
