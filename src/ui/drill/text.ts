import type { Rating } from '../../game/drill/rating.ts'
import type { Language } from '../../scenario/language.ts'
import { frenchTexts } from '../typeset.ts'

const en = {
  drill: 'Drill',
  colon: ':',
  loading: 'Opening the drill …',
  pageKeys: '↑↓ choose · Enter start · r reflexes · PgUp PgDn scroll · Esc back',
  session: "Today's session",
  sessionOf: (due: number, fresh: number) => `${due} due, ${fresh} new`,
  nothingDue: 'nothing is due, and nothing new today: choose a skill',
  reflexes: 'Reflexes',
  reflexesOf: (n: number, best: number) =>
    `a run of ${n}${best === 0 ? '' : ` · your best run took ${best}% of the time allowed`}`,
  noReflexes: 'there are none yet',
  streak: (days: number, best: number) =>
    days === 0 ? 'no streak' : `streak: ${days} ${days === 1 ? 'day' : 'days'} (best ${best})`,
  streakUnknown: 'streak: the clock is behind',
  behind: (date: string) =>
    `The clock is behind: the latest task was done on ${date}. The schedule waits for that day, and no streak is told.`,
  strength: 'Strength: per cent still known, and skills drilled of those with tasks',
  legend: '█ from 90   ▓ from 80   ▒ from 60   ░ below   · not drilled yet',
  cell: (level: string, percent: number, drilled: number, all: number) =>
    `difficulty ${level}: ${percent}%, ${drilled} of ${all} skills`,
  cellNew: (level: string, all: number) => `difficulty ${level}: 0 of ${all} skills`,
  noCells: 'no tasks yet',
  coming: 'Coming: ',
  comingToday: 'today',
  skills: 'Skills',
  due: 'due',
  new: 'new',
  noTasks: 'no tasks yet',
  times: (n: number) => `${n}×`,
  percent: (n: number) => `${n}%`,
  today: 'today',
  tomorrow: 'tomorrow',
  inDays: (n: number) => `in ${n} days`,
  brokenTask: (why: string) => `left out: ${why}`,
  noTasksFor: (skill: string) => `There are no tasks for "${skill}" yet.`,
  ratings: { again: 'Again', hard: 'Hard', good: 'Good', easy: 'Easy' } as Record<Rating, string>,
  whyRated: {
    again: 'given up, or it took more than three times the time allowed',
    hard: 'with a hint, a check too early, or well over the time allowed',
    good: 'done, in about the time allowed',
    easy: 'done, in half the time allowed',
  } as Record<Rating, string>,
  used: (time: string, par: string, hints: number, checks: number) =>
    `${time} of ${par}, ${hints} ${hints === 1 ? 'hint' : 'hints'}, ${checks} ${checks === 1 ? 'check' : 'checks'} too early`,
  comesAgain: (when: string, date: string) => `It comes again ${when} (${date}).`,
  checks: 'Checks',
  keptUnmet: 'does not hold any more: all of it counts as not done',
  explained: 'How and why',
  afterKeys: (next: string, left: number, read: boolean) =>
    `Enter next: ${next}${left > 1 ? ` (${left} left)` : ''}${read ? ' · l read about it' : ''} · Esc stop`,
  lastReadKeys: '↑↓ scroll · l read about it · Enter back to the drill',
  lastKeys: '↑↓ scroll · Enter back to the drill',
  notYet: 'not yet',
  leave: 'Give up?',
  leaveText:
    'Giving up shows how it is done, and rates the skill as not known: it comes again soon. Left unrated, it stays as it was.',
  leaveKeys: 'Enter give up · r leave unrated · Esc go on',
  hintCosts: 'A hint is free, but then the rating is Hard at best.',
  reflexLeave: 'Leave this one out?',
  reflexLeaveText:
    'The next one comes. A run with a gap cannot be your best one. Or end the run: what was done counts.',
  reflexLeaveKeys: 'Enter next one · r end the run · Esc go on',
  reflexHintCosts: 'A hint is free, but then the time does not count as your best.',
  runTitle: 'Reflexes: the run',
  runColumns: ['time', 'allowed', 'your best'],
  givenUp: 'left out',
  newBest: 'new best',
  helped: 'with a hint',
  runTotal: 'Together',
  runShare: (percent: number) => `The run took ${percent}% of the time allowed.`,
  runBest: 'That is your best run.',
  runGap: 'With a gap or a hint it cannot be your best run.',
  lastOne: (time: string, par: string) => `✓ ${time} of ${par}`,
}

/** What the drill says. */
export type DrillText = typeof en

const fr: DrillText = frenchTexts({
  drill: 'Entraînement',
  colon: ' :',
  loading: "Ouverture de l'entraînement …",
  pageKeys: '↑↓ choix · ↵ commencer · r réflexes · PgPréc PgSuiv défiler · Échap retour',
  session: 'Séance du jour',
  sessionOf: (due, fresh) => `${due} à revoir, ${fresh} ${fresh > 1 ? 'nouvelles' : 'nouvelle'}`,
  nothingDue: "rien à revoir, rien de nouveau aujourd'hui : choisissez une compétence",
  reflexes: 'Réflexes',
  reflexesOf: (n, best) =>
    `une série de ${n}${best === 0 ? '' : ` · votre meilleure série : ${best}\u00a0% du temps accordé`}`,
  noReflexes: "il n'y en a pas encore",
  streak: (days, best) =>
    days === 0 ? 'jours de suite : 0' : `${days} ${days > 1 ? 'jours de suite' : 'jour'} (record : ${best})`,
  streakUnknown: 'jours de suite : horloge en retard',
  behind: (date) =>
    `L'horloge est en retard : la dernière tâche date du ${date}. Le calendrier attend ce jour, et les jours de suite ne se comptent pas.`,
  strength: 'Maîtrise : ce qui est encore su, et compétences entraînées sur le total',
  legend: '█ dès 90   ▓ dès 80   ▒ dès 60   ░ moins   · pas encore entraîné',
  cell: (level, percent, drilled, all) =>
    `difficulté ${level} : ${percent}\u00a0%, ${drilled} ${drilled > 1 ? 'compétences' : 'compétence'} sur ${all}`,
  cellNew: (level, all) => `difficulté ${level} : 0 compétence sur ${all}`,
  noCells: 'pas encore de tâche',
  coming: 'À venir : ',
  comingToday: 'auj.',
  skills: 'Compétences',
  due: 'à revoir',
  new: 'nouvelle',
  noTasks: 'pas encore de tâche',
  times: (n) => `${n}×`,
  percent: (n) => `${n}\u00a0%`,
  today: "aujourd'hui",
  tomorrow: 'demain',
  inDays: (n) => `dans ${n} jours`,
  brokenTask: (why) => `mise de côté : ${why}`,
  noTasksFor: (skill) => `Il n'y a pas encore de tâche pour « ${skill} ».`,
  ratings: { again: 'À refaire', hard: 'Difficile', good: 'Bien', easy: 'Facile' },
  whyRated: {
    again: 'abandonnée, ou en plus de trois fois le temps accordé',
    hard: 'avec un indice, une vérification prématurée ou bien au-delà du temps accordé',
    good: 'réussie, à peu près dans le temps accordé',
    easy: 'réussie en deux fois moins de temps',
  },
  used: (time, par, hints, checks) =>
    `${time} sur ${par}, ${hints} ${hints > 1 ? 'indices' : 'indice'}, ${checks} ${checks > 1 ? 'vérifications prématurées' : 'vérification prématurée'}`,
  comesAgain: (when, date) => `Elle revient ${when} (${date}).`,
  checks: 'Vérifications',
  keptUnmet: "n'est plus vrai : le tout compte comme non fait",
  explained: 'Comment et pourquoi',
  afterKeys: (next, left, read) =>
    `Entrée suivante : ${next}${left > 1 ? ` (encore ${left})` : ''}${read ? ' · l à lire' : ''} · Échap arrêter`,
  lastReadKeys: "↑↓ défiler · l à lire · Entrée retour à l'entraînement",
  lastKeys: "↑↓ défiler · Entrée retour à l'entraînement",
  notYet: 'pas encore',
  leave: 'Abandonner ?',
  leaveText:
    "L'abandon montre comment faire et note la compétence comme non sue : elle revient bientôt. Sans note, rien ne change pour elle.",
  leaveKeys: 'Entrée abandonner · r partir sans note · Échap continuer',
  hintCosts: 'Un indice est gratuit, mais la note sera au mieux Difficile.',
  reflexLeave: 'Passer celui-ci ?',
  reflexLeaveText:
    'Le suivant arrive. Une série avec un trou ne peut pas être votre meilleure. Ou terminez la série : ce qui est fait compte.',
  reflexLeaveKeys: 'Entrée suivant · r finir la série · Échap continuer',
  reflexHintCosts: 'Un indice est gratuit, mais le temps ne comptera pas parmi vos meilleurs.',
  runTitle: 'Réflexes : la série',
  runColumns: ['temps', 'accordé', 'record'],
  givenUp: 'passé',
  newBest: 'nouveau record',
  helped: 'avec un indice',
  runTotal: 'En tout',
  runShare: (percent) => `La série a pris ${percent}\u00a0% du temps accordé.`,
  runBest: "C'est votre meilleure série.",
  runGap: 'Avec un trou ou un indice, elle ne peut pas être votre meilleure série.',
  lastOne: (time, par) => `✓ ${time} sur ${par}`,
})

/** In one of the languages. */
export const drillText = (language: Language): DrillText => (language === 'fr' ? fr : en)
