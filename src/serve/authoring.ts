import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Invocation } from '../main.ts'
import { scenarioSchema } from '../scenario/schema.ts'
import { root } from './missions.ts'

/** `notready schema`: the JSON Schema of scenario files, for editors that complete and check. */
export async function schema({ args, text }: Invocation): Promise<number> {
  if (args.length > 0) {
    process.stderr.write(text.tooMany(args[0]))
    return 2
  }
  const draft = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-7' })
  process.stdout.write(`${JSON.stringify({ title: 'NotReady scenario', ...draft }, null, 2)}\n`)
  return 0
}

/** `notready new scenario ID`: a commented mission that is proven as it stands, to be changed. Never overwrites a file. */
export async function create({ args, text }: Invocation): Promise<number> {
  const [kind, id, ...more] = args
  if (kind !== 'scenario' || id === undefined || more.length > 0) {
    process.stderr.write(more.length > 0 ? text.tooMany(more[0]) : text.newWhat)
    return 2
  }
  if (!scenarioSchema.shape.id.safeParse(id).success) {
    process.stderr.write(text.badId(id))
    return 2
  }
  const file = `${id}.yaml`
  if (existsSync(file)) {
    process.stderr.write(text.exists(file))
    return 1
  }
  const template = readFileSync(join(root!, 'content/templates/scenario.yaml'), 'utf8')
  try {
    writeFileSync(file, template.replace('id: the-template', `id: ${id}`), { flag: 'wx' })
  } catch (error) {
    process.stderr.write(text.unwritable(file, (error as Error).message.split(',')[0]))
    return 1
  }
  process.stdout.write(text.created(file))
  return 0
}
