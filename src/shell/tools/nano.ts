import { type Program, SysError } from '../../host/index.ts'
import { controllingTerminal } from '../jobs/terminal.ts'
import { keyName, ttyOf } from '../tty/index.ts'
import { Buffer } from './vi/buffer.ts'

/** GNU nano with the keys that people use: arrows, Ctrl-O, Ctrl-X, Ctrl-K, Ctrl-U, Ctrl-W, Ctrl-G-less. */
export const nano: Program = {
  name: 'nano',
  *main(p) {
    const path = p.argv.slice(1).find((a) => !/^[-+]/.test(a)) ?? ''
    const tty = ttyOf(p, controllingTerminal(p))
    if (!tty) {
      p.stderr.write('Standard input is not a terminal\n')
      return 1
    }
    let buffer = new Buffer('')
    let message = ''
    try {
      buffer = new Buffer(path === '' ? '' : p.fs.readFile(path, p.cwd, p.creds))
      message = `[ Read ${buffer.size} line${buffer.size === 1 ? '' : 's'} ]`
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      message = error.code === 'ENOENT' ? '[ New File ]' : `[ ${error.message} ]`
    }
    const raw = tty.openRaw()
    let at = { row: 0, col: 0 }
    let top = 0
    let cut: string[] = []
    let asking: { question: string; answer: string; act: (answer: string) => void } | undefined
    let done = false
    const save = (name: string): boolean => {
      try {
        p.fs.writeFile(name, buffer.text, { cwd: p.cwd, creds: p.creds })
        buffer.modified = false
        message = `[ Wrote ${buffer.text === '' ? 0 : buffer.size} line${buffer.size === 1 ? '' : 's'} ]`
        return true
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        message = `[ Error writing ${name}: ${error.strerror} ]`
        return false
      }
    }
    try {
      while (!done) {
        const height = Math.max(1, raw.rows - 4)
        if (at.row < top) top = at.row
        if (at.row >= top + height) top = at.row - height + 1
        const title = `  GNU nano 7.2${`${path || 'New Buffer'}`.padStart(Math.floor(raw.cols / 2))}${buffer.modified ? ' *' : ''}`
        const text = Array.from({ length: height }, (_, i) => (buffer.lines[top + i] ?? '').slice(0, raw.cols))
        const status = asking
          ? asking.question + asking.answer
          : message.padStart(Math.floor((raw.cols + message.length) / 2))
        const help = [
          '^G Help      ^O Write Out ^W Where Is  ^K Cut       ^T Execute   ^C Location',
          '^X Exit      ^R Read File ^\\ Replace   ^U Paste     ^J Justify   ^/ Go To Line',
        ]
        raw.paint({
          lines: [
            `\x1b[7m${title.padEnd(raw.cols).slice(0, raw.cols)}\x1b[0m`,
            ...text,
            status,
            ...help.map((h) => h.slice(0, raw.cols)),
          ],
          cursor: asking
            ? { row: height + 1, column: status.length }
            : { row: 1 + at.row - top, column: Math.min(at.col, raw.cols - 1) },
        })
        const key = yield* raw.readKey()
        if (!key) continue
        const name = keyName(key)
        if (asking) {
          const a = asking
          if (name === 'enter') {
            asking = undefined
            a.act(a.answer)
          } else if (name === 'C-c' || name === 'escape') {
            asking = undefined
            message = '[ Cancelled ]'
          } else if (name === 'backspace') asking = { ...a, answer: a.answer.slice(0, -1) }
          else if (a.question.startsWith('Save modified') && /^[yn]$/i.test(key.text ?? '')) {
            asking = undefined
            a.act((key.text ?? '').toLowerCase())
          } else if (key.name === 'char') asking = { ...a, answer: a.answer + (key.text ?? '') }
          continue
        }
        message = ''
        const line = buffer.line(at.row)
        const change = (): void => {
          buffer.modified = true
        }
        if (name === 'C-x') {
          if (!buffer.modified) done = true
          else
            asking = {
              question: 'Save modified buffer? ',
              answer: '',
              act: (answer) => {
                if (answer === 'n') done = true
                else asking = { question: 'File Name to Write: ', answer: path, act: (file) => (done = save(file)) }
              },
            }
        } else if (name === 'C-o' || name === 'C-s')
          asking = { question: 'File Name to Write: ', answer: path, act: save }
        else if (name === 'C-w')
          asking = {
            question: 'Search: ',
            answer: '',
            act: (what) => {
              for (let i = 0; i < buffer.size; i++) {
                const row = (at.row + i) % buffer.size
                const col = buffer.line(row).indexOf(what, i === 0 ? at.col + 1 : 0)
                if (col < 0) continue
                at = { row, col }
                return
              }
              message = `[ "${what}" not found ]`
            },
          }
        else if (name === 'C-k') {
          cut = buffer.removeLines(at.row, at.row)
          at = { row: Math.min(at.row, buffer.size - 1), col: 0 }
          change()
        } else if (name === 'C-u') {
          buffer.lines.splice(at.row, 0, ...cut)
          at = { row: at.row + cut.length, col: 0 }
          change()
        } else if (name === 'up' || name === 'C-p') at = { row: Math.max(0, at.row - 1), col: at.col }
        else if (name === 'down' || name === 'C-n') at = { row: Math.min(buffer.size - 1, at.row + 1), col: at.col }
        else if (name === 'pageup' || name === 'C-y') at = { row: Math.max(0, at.row - height), col: 0 }
        else if (name === 'pagedown' || name === 'C-v') at = { row: Math.min(buffer.size - 1, at.row + height), col: 0 }
        else if (name === 'left' || name === 'C-b') at = { row: at.row, col: Math.max(0, at.col - 1) }
        else if (name === 'right' || name === 'C-f') at = { row: at.row, col: at.col + 1 }
        else if (name === 'home' || name === 'C-a') at = { row: at.row, col: 0 }
        else if (name === 'end' || name === 'C-e') at = { row: at.row, col: line.length }
        else if (name === 'backspace' || name === 'C-h') {
          if (at.col > 0) {
            buffer.lines[at.row] = line.slice(0, at.col - 1) + line.slice(at.col)
            at = { row: at.row, col: at.col - 1 }
          } else if (at.row > 0) {
            const col = buffer.line(at.row - 1).length
            buffer.remove({ row: at.row - 1, col }, { row: at.row, col: 0 })
            at = { row: at.row - 1, col }
          }
          change()
        } else if (name === 'delete' || name === 'C-d') {
          if (at.col < line.length) buffer.lines[at.row] = line.slice(0, at.col) + line.slice(at.col + 1)
          else if (at.row + 1 < buffer.size) buffer.remove(at, { row: at.row + 1, col: 0 })
          change()
        } else {
          const typed =
            name === 'enter'
              ? '\n'
              : name === 'tab'
                ? '\t'
                : key.name === 'char' || key.name === 'paste'
                  ? (key.text ?? '').replace(/\r\n?/g, '\n')
                  : ''
          if (typed !== '' && !key.ctrl && !key.alt) {
            at = buffer.insert(at, typed)
            change()
          }
        }
        at.col = Math.min(at.col, buffer.line(at.row).length)
      }
    } finally {
      raw.close()
    }
    return 0
  },
}
