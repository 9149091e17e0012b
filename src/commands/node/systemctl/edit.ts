import { type Process, SysError, type Systemd } from '../../../host/index.ts'
import { type Coro, waitFor } from '../../../kernel/index.ts'
import { startChild } from '../lib/child.ts'
import { type Command, Fail } from '../lib/command.ts'

const MARK_BELOW = '### Edits below this comment will be discarded'
const MARK_ABOVE = '### Anything between here and the comment below will become the contents of the drop-in file'

/** `systemctl edit [--full] UNIT`: opens the drop-in (or a copy of the whole unit) in an editor. */
export function* edit(
  c: Command,
  systemd: Systemd,
  name: string,
  full: boolean,
  stdin: string | undefined,
): Coro<number> {
  const unit = systemd.unit(name)
  if (unit.config.load === 'not-found')
    throw new Fail(
      `No files found for ${unit.name}.\nRun 'systemctl edit --force --full ${unit.name}' to create a new unit.`,
    )
  const { fs } = c.host
  const path = full ? `/etc/systemd/system/${unit.name}` : `/etc/systemd/system/${unit.name}.d/override.conf`
  const save = (text: string): void => {
    fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
    fs.writeFile(path, text)
    systemd.daemonReload()
    c.err(`Successfully installed edited file '${path}'.\n`)
  }
  if (stdin !== undefined) {
    save(stdin)
    return 0
  }
  if (!c.p.stdin.isTty) throw new Fail('Cannot edit units interactively if not on a tty.')
  const existing = fs.find(path)
  const old = existing?.kind === 'file' ? existing.read() : ''
  const whole = (unit.config.fragment && fs.readFile(unit.config.fragment)) || ''
  const commented = `# ${unit.config.fragment}\n${whole
    .split('\n')
    .map((l) => `# ${l}`.trimEnd())
    .join('\n')}`
  const draft = full ? whole : `### Editing ${path}\n${MARK_ABOVE}\n\n${old}\n\n${MARK_BELOW}\n\n${commented}\n`
  const temporary = `${path.slice(0, path.lastIndexOf('/'))}/.#${path.slice(path.lastIndexOf('/') + 1)}${c.host.rng.hex(16)}`
  fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
  fs.writeFile(temporary, draft)
  const editor = findEditor(c.p)
  const child = startChild(c, { program: c.host.executable(editor), argv: [editor, temporary], exe: editor })
  while (!child.status) yield* waitFor(child.exited)
  const text = fs.readFile(temporary)
  fs.unlink(temporary)
  const start = text.indexOf(MARK_ABOVE)
  const end = text.indexOf(MARK_BELOW)
  const kept = full ? text : text.slice(start < 0 ? 0 : start + MARK_ABOVE.length, end < 0 ? undefined : end).trim()
  if (kept === '') throw new Fail(`Editing "${path}" canceled: temporary file is empty.`)
  save(full ? kept : `${kept}\n`)
  return 0
}

function findEditor(p: Process): string {
  const wanted = [p.env.SYSTEMD_EDITOR, p.env.EDITOR, p.env.VISUAL, 'editor', 'nano', 'vim', 'vi'].filter(
    (e): e is string => !!e,
  )
  for (const name of wanted)
    for (const path of name.includes('/') ? [name] : [`/usr/bin/${name}`, `/usr/local/bin/${name}`]) {
      try {
        p.host.executable(path)
        return path
      } catch (error) {
        if (!(error instanceof SysError)) throw error
      }
    }
  throw new Fail('Cannot edit units, no editor available.\nPlease set either $SYSTEMD_EDITOR, $EDITOR or $VISUAL.')
}
