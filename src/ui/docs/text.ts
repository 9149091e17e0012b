import type { Language } from '../../scenario/language.ts'
import type { LessonText } from '../lessons/text.ts'
import { frenchTexts } from '../typeset.ts'

/** What is said of reference pages where lessons have other words. */
type DocsText = Pick<LessonText, 'lessons' | 'empty' | 'loading' | 'tableKeys' | 'pageKeys' | 'pageKeysShort'>

const en: DocsText = {
  lessons: 'Reference',
  empty: 'There are no reference pages here.',
  loading: 'Opening the reference …',
  tableKeys: '↑↓ choose · Enter read · / search · Esc back',
  pageKeys: '↑↓ scroll · / search · n N next · t contents · ←→ page · Esc back',
  pageKeysShort: '↑↓ scroll · / search · n N next · t contents · Esc back',
}

const fr: DocsText = frenchTexts({
  lessons: 'Référence',
  empty: "Il n'y a pas de page de référence ici.",
  loading: 'Ouverture de la référence …',
  tableKeys: '↑↓ choisir · Entrée lire · / chercher · Échap retour',
  pageKeys: '↑↓ défiler · / chercher · n N suivant · t sommaire · ←→ page · Échap retour',
  pageKeysShort: '↑↓ défiler · / chercher · n N suivant · t sommaire · Échap retour',
})

/** In one of the languages. */
export const docsText = (language: Language): DocsText => (language === 'fr' ? fr : en)
