import type { Language } from '../../scenario/language.ts'
import type { Controller } from '../controller.ts'
import { paragraphs } from '../paragraphs.ts'
import { say } from '../typeset.ts'
import { lessonText } from './text.ts'

/** What there is to read about something: one text, or none when there is nothing. */
export const toReadText = (titles: readonly string[], language: Language): string[] =>
  titles.length === 0
    ? []
    : [`→ ${lessonText(language).toReadIn(titles.map((title) => say(title, language)).join(' · '))}`]

/** At the end of a debrief: what there is to read about it. */
export const toRead = ({ desk, language }: Controller, width: number): string[] =>
  toReadText(
    desk.aboutMission.map(({ title }) => title),
    language,
  ).flatMap((text) => ['', ...paragraphs(text, width)])
