import { parseArgs } from 'node:util'
import type { Invocation } from './cli/invocation.ts'
import { nearest } from './cli/nearest.ts'
import { type CliText, cliText } from './cli/text.ts'
import { languageOf } from './serve/language.ts'

declare const __VERSION__: string

const OPTIONS = {
  lang: { type: 'string' },
  'screen-reader': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  cluster: { type: 'string' },
  seed: { type: 'string' },
  scenario: { type: 'string' },
  host: { type: 'string' },
  jsonl: { type: 'boolean' },
  c: { type: 'string', short: 'c' },
  port: { type: 'string' },
  practice: { type: 'boolean' },
  minutes: { type: 'string' },
  watch: { type: 'boolean' },
  variants: { type: 'boolean' },
  csv: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

type Command = (call: Invocation) => Promise<number>

/** Each command is loaded when it is called: the first frame must not wait for the simulator. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  play: async () => (await import('./cli/play.ts')).play,
  learn: async () => (await import('./cli/learn.ts')).learn,
  drill: async () => (await import('./cli/drill.ts')).drill,
  exam: async () => (await import('./cli/play.ts')).exam,
  docs: async () => (await import('./cli/docs.ts')).docsCommand,
  list: async () => (await import('./cli/list.ts')).list,
  results: async () => (await import('./cli/results.ts')).results,
  sandbox: async () => (await import('./cli/sandbox.ts')).sandbox,
  serve: async () => (await import('./cli/serve.ts')).serve,
  prove: async () => (await import('./cli/prove.ts')).proveCommand,
  record: async () => (await import('./cli/record.ts')).record,
  new: async () => (await import('./cli/authoring.ts')).create,
  schema: async () => (await import('./cli/authoring.ts')).schema,
  doctor: async () => (await import('./cli/doctor.ts')).doctor,
}

/** What is wrong with an option: parseArgs names it, in English. */
function optionProblem({ code, message }: NodeJS.ErrnoException, text: CliText): string {
  const option = /'(?:-\w, )?(--?[^ '=]*)/.exec(message)?.[1] ?? ''
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return text.unknownOption(option)
  return text.optionValue(option, !message.includes('does not take'))
}

async function main(argv: readonly string[]): Promise<number> {
  // What is wrong is said in the language that was asked for, wherever that stands.
  const asked = /(?:^|\n)--lang[=\n](en|fr)(?:\n|$)/.exec(argv.join('\n'))?.[1]
  let text = cliText(languageOf(asked, process.env))
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true }) as never
  } catch (error) {
    process.stderr.write(optionProblem(error as NodeJS.ErrnoException, text))
    return 2
  }
  const { values, positionals } = parsed
  const lang = values.lang as string | undefined
  if (lang !== undefined && lang !== 'en' && lang !== 'fr') {
    process.stderr.write(text.badLanguage(lang))
    return 2
  }
  const language = languageOf(lang, process.env)
  text = cliText(language)
  const [name = 'play', ...args] = positionals
  if (values.version || name === 'version') {
    process.stdout.write(`notready ${__VERSION__}\n`)
    return 0
  }
  if (values.help || name === 'help') {
    process.stdout.write(text.usage)
    return 0
  }
  const command = COMMANDS[name]
  if (!command) {
    process.stderr.write(text.unknownCommand(name, nearest(name, Object.keys(COMMANDS))))
    return 2
  }
  if (values.seed !== undefined && !/^\d{1,9}$/.test(String(values.seed))) {
    process.stderr.write(text.badSeed(String(values.seed)))
    return 2
  }
  return (await command())({ language, text, args, options: values })
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.exitCode = await main(process.argv.slice(2))
