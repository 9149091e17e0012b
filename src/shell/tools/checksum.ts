import type { Program } from '../../host/index.ts'
import { textToBytes } from '../../kernel/index.ts'
import { digest } from '../../pki/index.ts'
import { defineTool, flag } from '../command.ts'

/** md5sum and its relatives. */
const program = (name: string, algorithm: string, title: string): Program =>
  defineTool({
    name,
    summary: `Print or check ${title} checksums.\n\nWith no FILE, or when FILE is -, read standard input.`,
    usage: '[OPTION]... [FILE]...',
    options: {
      binary: flag('b', 'binary', 'read in binary mode'),
      check: flag('c', 'check', 'read checksums from the FILEs and check them'),
      tag: flag('', 'tag', 'create a BSD-style checksum'),
      text: flag('t', 'text', 'read in text mode (default)'),
      ignoreMissing: flag('', 'ignore-missing', "don't fail or report status for missing files"),
      quiet: flag('', 'quiet', "don't print OK for each successfully verified file"),
      status: flag('', 'status', "don't output anything, status code shows success"),
      strict: flag('', 'strict', 'exit non-zero for improperly formatted checksum lines'),
      warn: flag('w', 'warn', 'warn about improperly formatted checksum lines'),
    },
    *run(t) {
      const sum = (text: string): string => digest(algorithm, textToBytes(text)).toString('hex')
      if (!t.opts.check) {
        for (const path of t.args.length > 0 ? t.args : ['-']) {
          if (t.p.fs.find(path, t.p.cwd)?.kind === 'dir') {
            t.complain(`${path}: Is a directory`)
            continue
          }
          const source = t.open(path)
          if (!source) continue
          const hex = sum(yield* t.all(source))
          t.line(t.opts.tag ? `${title} (${path}) = ${hex}` : `${hex} ${t.opts.binary ? '*' : ' '}${path}`)
        }
        return 0
      }
      let failed = 0
      let missing = 0
      for (const { source, name: list } of t.inputs()) {
        let valid = 0
        for (const line of (yield* t.all(source)).split('\n')) {
          const m = /^([0-9a-f]+) [ *](.+)$/.exec(line)
          if (!m) continue
          valid++
          if (t.opts.ignoreMissing && !t.p.fs.exists(m[2], t.p.cwd)) continue
          const file = t.open(m[2])
          if (!file) {
            missing++
            t.line(`${m[2]}: FAILED open or read`)
            continue
          }
          const ok = sum(yield* t.all(file)) === m[1]
          if (!ok) failed++
          if (!t.opts.status && !(ok && t.opts.quiet)) t.line(`${m[2]}: ${ok ? 'OK' : 'FAILED'}`)
        }
        if (valid === 0) t.complain(`${list}: no properly formatted checksum lines found`)
      }
      if (missing > 0) t.complain(`WARNING: ${missing} listed file${missing > 1 ? 's' : ''} could not be read`)
      if (failed > 0) t.complain(`WARNING: ${failed} computed checksum${failed > 1 ? 's' : ''} did NOT match`)
      return t.status
    },
  })

export const checksums: readonly Program[] = [
  program('md5sum', 'md5', 'MD5'),
  program('sha1sum', 'sha1', 'SHA1'),
  program('sha224sum', 'sha224', 'SHA224'),
  program('sha256sum', 'sha256', 'SHA256'),
  program('sha384sum', 'sha384', 'SHA384'),
  program('sha512sum', 'sha512', 'SHA512'),
]
