/** Languages of the game and its content. */
export type Language = 'en' | 'fr'

/** Text in both languages; a bare string is used for both (commands, names). */
export type Text = string | { readonly en: string; readonly fr: string }

/** Text in one language. */
export const inLanguage = (t: Text, language: Language): string => (typeof t === 'string' ? t : t[language])
