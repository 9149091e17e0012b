import type { Language } from '../scenario/language.ts'
import { inLanguage, type Text } from '../scenario/language.ts'

/** A space at which no line ends. */
const NBSP = '\u00a0'
const CODE = /(`[^`]*`)/
const BRIGHT = ['\u001b[1m', '\u001b[22m'] as const

/** Everything but what stands between backquotes: commands are copied as they are. */
const prose = (text: string, change: (words: string) => string): string =>
  text
    .split(CODE)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('')

/** French typography: curved apostrophes, and no line ends before ; : ! ? » or after «. */
export const french = (text: string): string =>
  prose(text, (words) =>
    words
      .replace(/(?<=\p{L})'(?=\p{L})/gu, '’')
      .replace(/ (?=[;:!?»])/g, NBSP)
      .replace(/« /g, `«${NBSP}`),
  )

/** Text in a language, as it is printed there. */
export const say = (text: Text, language: Language): string => {
  const words = inLanguage(text, language)
  return language === 'fr' ? french(words) : words
}

/** `code` in bold type, which every theme has and none without colours lacks, without its backquotes. */
export const withCode = (text: string): string => text.replace(/`([^`]+)`/g, BRIGHT.join('$1'))

/** A French dictionary, typeset: its texts, and what its functions say. */
export function frenchTexts<T>(texts: T): T {
  if (typeof texts === 'string') return french(texts) as T
  if (typeof texts === 'function') return ((...args: unknown[]) => frenchTexts(texts(...args))) as T
  if (Array.isArray(texts)) return texts.map(frenchTexts) as T
  return Object.fromEntries(Object.entries(texts as object).map(([key, inner]) => [key, frenchTexts(inner)])) as T
}
