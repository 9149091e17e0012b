import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { scenarioSchema, slug } from '../scenario/schema.ts'
import { taskSchema } from '../scenario/task/schema.ts'
import { root } from '../serve/content-index.ts'
import type { Invocation } from './invocation.ts'

/** What authors write: its schema, and a template in content/templates. */
const KINDS: Readonly<Record<string, z.ZodType>> = { scenario: scenarioSchema, task: taskSchema }

/** What `new` writes, with the ending of its files. */
const TEMPLATES: Readonly<Record<string, string>> = { scenario: 'yaml', task: 'yaml', lesson: 'md' }

/** `notready schema [task]`: the JSON Schema of scenario or task files, for editors that complete and check. */
export async function schema({ args, text }: Invocation): Promise<number> {
  const [kind = 'scenario', ...more] = args
  if (!Object.hasOwn(KINDS, kind) || more.length > 0) {
    process.stderr.write(text.tooMany(more[0] ?? kind))
    return 2
  }
  const draft = z.toJSONSchema(KINDS[kind], { io: 'input', target: 'draft-7' })
  process.stdout.write(`${JSON.stringify({ title: `NotReady ${kind}`, ...draft }, null, 2)}\n`)
  return 0
}

/** `notready new KIND ID`: a commented file that is proven as it stands, to be changed. Never overwrites a file. */
export async function create({ args, text }: Invocation): Promise<number> {
  const [kind, id, ...more] = args
  if (!Object.hasOwn(TEMPLATES, kind ?? '') || id === undefined || more.length > 0) {
    process.stderr.write(more.length > 0 ? text.tooMany(more[0]) : text.newWhat)
    return 2
  }
  if (!slug.safeParse(id).success) {
    process.stderr.write(text.badId(id))
    return 2
  }
  const file = `${id}.${TEMPLATES[kind]}`
  if (existsSync(file)) {
    process.stderr.write(text.exists(file))
    return 1
  }
  const template = readFileSync(join(root!, `content/templates/${kind}.${TEMPLATES[kind]}`), 'utf8')
  try {
    writeFileSync(file, template.replace('id: the-template', `id: ${id}`), { flag: 'wx' })
  } catch (error) {
    process.stderr.write(text.unwritable(file, (error as Error).message.split(',')[0]))
    return 1
  }
  process.stdout.write(text.created(file, Object.hasOwn(KINDS, kind) ? kind : undefined))
  return 0
}
