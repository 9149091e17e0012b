import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from './language.ts'
import { root } from './missions.ts'

/** content/lessons/ID.LANGUAGE.md: what a mission teaches, as Markdown. */
export function lesson(id: string, language: Language): string | undefined {
  const file = root && join(root, 'content', 'lessons', `${id}.${language}.md`)
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
