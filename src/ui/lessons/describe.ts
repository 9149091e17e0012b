import type { LessonFile } from '../../serve/lessons.ts'
import { say } from '../typeset.ts'
import type { Host } from './host.ts'
import type { Place } from './page.ts'
import type { LessonText } from './text.ts'

/** A row of the table of lessons. */
export function rowText({ id, lesson, error }: LessonFile, host: Host): { mark: string; title: string; more: string } {
  const t = host.words
  if (!lesson) return { mark: '✗', title: `${id}: ${t.broken}`, more: error ?? '' }
  const all = lesson.exercises
  const done = host.exercisesDone(id)
  const count = all.filter((e) => done.has(e.id)).length
  return {
    mark: host.isRead(id) ? '✓' : ' ',
    title: t.row(lesson.order, say(lesson.title, host.language)),
    more: [
      ...(lesson.minutes > 0 ? [t.minutes(lesson.minutes)] : []),
      ...(all.length > 0 ? [t.exercises(count, all.length)] : []),
    ].join(' · '),
  }
}

/** An entry of a lesson's contents. */
export function placeTitle(place: Place, all: readonly Place[], t: LessonText): string {
  switch (place.kind) {
    case 'section':
      return place.title
    case 'exercise':
      return `  ${t.exercise(all.filter((p) => p.kind === 'exercise').indexOf(place) + 1)} — ${place.title}`
    case 'lesson':
      return `→ ${t.lesson} ${place.title}`
    case 'mission':
      return `→ ${t.mission} ${place.title}`
  }
}
