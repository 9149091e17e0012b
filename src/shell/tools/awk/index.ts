import type { Program } from '../../../host/index.ts'
import { defineTool, flag, list, type Tool, value } from '../../command.ts'
import { RegexError } from '../../text/regex.ts'
import { Interpreter } from './interpreter.ts'
import { AwkSyntaxError, unescapeValue } from './lexer.ts'
import { parseAwk } from './parser.ts'
import { AwkError, fromInput } from './values.ts'

const program = (name: string): Program =>
  defineTool({
    name,
    summary: 'Pattern scanning and processing language.',
    usage: '[Options] [Program] [file ...]',
    version: 'mawk 1.3.4 20240123',
    usageStatus: 2,
    ordered: true,
    options: {
      separator: value('F', 'field-separator', 'value', 'set the field separator, FS, to value'),
      assign: list('v', 'assign', 'var=value', 'assign value to program variable var'),
      files: list('f', 'file', 'file', 'program text is read from file instead of from the command-line'),
      w: list('W'),
      posix: flag('P', 'posix'),
    },
    *run(t) {
      const args = [...t.args]
      let source = ''
      for (const file of t.opts.files) {
        const input = t.open(file)
        if (!input) return 2
        source += `${yield* t.all(input)}\n`
      }
      if (t.opts.files.length === 0) {
        const first = args.shift()
        if (first === undefined) {
          t.p.stderr.write(`Usage: ${name} [Options] [Program] [file ...]\n`)
          return 2
        }
        source = first
      }
      try {
        const awk = new Interpreter(t as unknown as Tool, parseAwk(source), [name, ...args])
        const fs = t.opts.separator
        if (fs !== undefined) awk.memory.setGlobal('FS', fs === 't' ? '\t' : unescapeValue(fs))
        for (const text of t.opts.assign) {
          const at = text.indexOf('=')
          if (at < 1) return t.fail(`improper assignment: -v ${text}`, 2)
          awk.memory.setGlobal(text.slice(0, at), fromInput(unescapeValue(text.slice(at + 1))))
        }
        return yield* awk.run()
      } catch (error) {
        if (error instanceof AwkSyntaxError) return t.fail(`line ${error.line}: ${error.message}`, 2)
        if (error instanceof AwkError) return t.fail(`run time error: ${error.message}`, 2)
        if (error instanceof RegexError)
          return t.fail(`run time error: regular expression compile failed (${error.message})`, 2)
        throw error
      }
    },
  })

export const awk = program('awk')
export const mawk = program('mawk')
export const gawk = program('gawk')
