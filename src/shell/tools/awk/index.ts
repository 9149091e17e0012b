import type { Program } from '../../../host/index.ts'
import { defineTool, flag, list, type Tool, value } from '../../command.ts'
import { RegexError } from '../../text/regex.ts'
import { Interpreter } from './interpreter.ts'
import { AwkSyntaxError, unescapeValue } from './lexer.ts'
import type { Memory } from './memory.ts'
import { parseAwk } from './parser.ts'
import { AwkError, CannotOpen, fromInput } from './values.ts'

/** What mawk prints without a program. */
const USAGE = `Usage: mawk [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a "--" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with "-W".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W compat        pre-POSIX 2001.
    -W dump          show assembler-like listing of program and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W exec file     use file as program as well as last option.
    -W posix         stricter POSIX checking.
    -W random=number set initial random seed.
    -W sprintf=number adjust size of sprintf buffer.
    -W usage         show this message and exit.
`

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
        if (file !== '-' && t.p.fs.find(file, t.p.cwd)?.kind !== 'file' && !t.p.fs.exists(file, t.p.cwd))
          return t.fail(`cannot open "${file}" (No such file or directory)`, 2)
        const input = t.open(file)
        if (!input) return 2
        source += `${yield* t.all(input)}\n`
      }
      if (t.opts.files.length === 0) {
        const first = args.shift()
        if (first === undefined) {
          t.p.stderr.write(USAGE)
          return 0
        }
        source = first
      }
      let running: Memory | undefined
      try {
        const awk = new Interpreter(t as unknown as Tool, parseAwk(source, name === 'gawk'), [name, ...args])
        running = awk.memory
        const fs = t.opts.separator
        if (fs !== undefined) awk.memory.setGlobal('FS', fs === 't' ? '\t' : unescapeValue(fs))
        for (const text of t.opts.assign) {
          const at = text.indexOf('=')
          if (at < 1) return t.fail(`improper assignment: -v ${text}`, 2)
          awk.memory.setGlobal(text.slice(0, at), fromInput(unescapeValue(text.slice(at + 1))))
        }
        return yield* awk.run()
      } catch (error) {
        if (error instanceof AwkSyntaxError)
          return t.fail(`${error.lexical ? '' : 'line '}${error.line}: ${error.message}`, 2)
        if (error instanceof CannotOpen) return t.fail(error.message, 2)
        if (error instanceof AwkError) {
          yield* t.flush()
          t.p.stderr.write(`${name}: run time error: ${error.message}\n${running?.place() ?? ''}`)
          return 2
        }
        if (error instanceof RegexError)
          return t.fail(`run time error: regular expression compile failed (${error.message})`, 2)
        throw error
      }
    },
  })

export const awk = program('awk')
export const mawk = program('mawk')
export const gawk = program('gawk')
