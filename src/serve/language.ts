import type { Language } from '../scenario/language.ts'

/** Language of the person at the terminal: --lang, else the locale (LC_ALL, LC_MESSAGES, LANG), else English. */
export function languageOf(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): Language {
  if (flag === 'en' || flag === 'fr') return flag
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^fr([_.@-]|$)/i.test(locale) ? 'fr' : 'en'
}
