import type { Language } from '../../scenario/language.ts'
import { frenchTexts } from '../typeset.ts'

const en = {
  lessons: 'Lessons',
  /** Title of the table when it only has what is about something. */
  shelf: 'To read',
  /** Reference pages have no number. */
  title: (order: number, title: string) => (order === 0 ? title : `Lesson ${order}: ${title}`),
  row: (order: number, title: string) => (order === 0 ? title : `${String(order).padStart(2)}. ${title}`),
  needs: 'Builds on',
  more: 'More about it',
  helps: 'Missions to practise on',
  exercise: (n: number) => `Exercise ${n}`,
  /** How to begin an exercise, behind its title. */
  howTo: (n: number) => `press ${n}`,
  anyState: 'any state',
  noMachine: (name: string) => `There is no machine called "${name}".`,
  broken: 'cannot be read',
  empty: 'There are no lessons here.',
  loading: 'Opening the lessons …',
  minutes: (n: number) => `${n} min`,
  exercises: (done: number, all: number) => `${done}/${all} ${all === 1 ? 'exercise' : 'exercises'}`,
  lesson: 'Lesson:',
  mission: 'Mission:',
  toReadIn: (titles: string) => `To read about this: ${titles}`,
  nowhere: 'Nothing found.',
  hits: (n: number, all: number) => `${n}/${all}`,
  contents: 'Contents',
  tableKeys: '↑↓ choose · Enter read · / search · d mark as read · Esc back',
  pageKeys: '↑↓ scroll · / search · n N next · t contents · 1-9 exercise · ←→ lesson · Esc back',
  pageKeysShort: '↑↓ scroll · / search · t contents · 1-9 exercise · Esc back',
  contentsKeys: '↑↓ choose · Enter go there · Esc back',
  searchKeys: 'Enter find · Esc back',
  /** Said when an exercise's check does not hold. */
  notYet: 'not yet',
  leave: 'Leave the exercise?',
  leaveText: 'The lesson comes back. Nothing of this cluster is kept.',
  leaveKeys: 'Enter leave · r start anew · Esc go on',
}

/** What lessons say around their own text. */
export type LessonText = typeof en

const fr: LessonText = frenchTexts({
  lessons: 'Leçons',
  shelf: 'À lire',
  title: (order, title) => (order === 0 ? title : `Leçon ${order} : ${title}`),
  row: (order, title) => (order === 0 ? title : `${String(order).padStart(2)}. ${title}`),
  needs: 'À lire avant',
  more: 'Pour en savoir plus',
  helps: 'Missions pour s’exercer',
  exercise: (n) => `Exercice ${n}`,
  howTo: (n) => `touche ${n}`,
  anyState: 'tout état',
  noMachine: (name) => `Il n'y a pas de machine « ${name} ».`,
  broken: 'illisible',
  empty: "Il n'y a pas de leçon ici.",
  loading: 'Ouverture des leçons …',
  minutes: (n) => `${n} min`,
  exercises: (done, all) => `${done}/${all} ${all > 1 ? 'exercices' : 'exercice'}`,
  lesson: 'Leçon :',
  mission: 'Mission :',
  toReadIn: (titles) => `À lire à ce sujet : ${titles}`,
  nowhere: 'Rien trouvé.',
  hits: (n, all) => `${n}/${all}`,
  contents: 'Sommaire',
  tableKeys: '↑↓ choisir · Entrée lire · / chercher · d marquer lue · Échap retour',
  pageKeys: '↑↓ défiler · / chercher · n N suivant · t sommaire · 1-9 exercice · ←→ leçon · Échap retour',
  pageKeysShort: '↑↓ défiler · / chercher · t sommaire · 1-9 exercice · Échap retour',
  contentsKeys: '↑↓ choisir · Entrée y aller · Échap retour',
  searchKeys: 'Entrée trouver · Échap retour',
  notYet: 'pas encore',
  leave: "Quitter l'exercice ?",
  leaveText: 'La leçon revient. Rien de ce cluster n’est conservé.',
  leaveKeys: 'Entrée quitter · r recommencer · Échap continuer',
})

/** In one of the languages. */
export const lessonText = (language: Language): LessonText => (language === 'fr' ? fr : en)
