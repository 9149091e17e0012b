import type { FsView } from '../fs/index.ts'
import { aliasTarget, findFragment, loadUnit, UNIT_PATHS } from './load.ts'
import { SUFFIX, unitName } from './unit-name.ts'

/** The unit files of a machine and the links between them: what systemctl enable, disable, mask and is-enabled work on. */
export class InstalledUnits {
  constructor(
    private readonly fs: FsView,
    private readonly hostname: string,
    /** Told of what the manager in memory must take notice of. */
    private readonly changed: { links(): void; unit(name: string): void },
  ) {}

  /** What `systemctl is-enabled` says, or undefined when there is no such unit. */
  state(name: string): string | undefined {
    const full = unitName(name)
    const { fs } = this
    const fragment = findFragment(fs, full)
    if (!fragment) return undefined
    const node = fs.lresolve(fragment)
    if (node.kind === 'symlink') {
      if (node.target === '/dev/null') return fragment.startsWith('/run') ? 'masked-runtime' : 'masked'
      const target = node.target.slice(node.target.lastIndexOf('/') + 1)
      if (fragment.startsWith('/etc/systemd/system/') && target !== full) return 'alias'
    }
    const install = loadUnit(fs, full, this.hostname).settings.filter((s) => s.section === 'Install')
    if (this.enablingLinks(full).length > 0) return 'enabled'
    if (install.length === 0) return 'static'
    return install.every((s) => s.key === 'Also' || s.key === 'DefaultInstance') ? 'indirect' : 'disabled'
  }

  /** Links in /etc (and /run) that enable the unit. */
  enablingLinks(name: string): string[] {
    const { fs } = this
    const out: string[] = []
    for (const dir of ['/etc/systemd/system', '/run/systemd/system']) {
      if (fs.find(dir)?.kind !== 'dir') continue
      for (const [entry, node] of fs.readdir(dir)) {
        if (node.kind === 'dir' && /\.(wants|requires)$/.test(entry)) {
          for (const [link] of fs.readdir(`${dir}/${entry}`)) if (link === name) out.push(`${dir}/${entry}/${link}`)
        } else if (node.kind === 'symlink' && entry !== name && node.target.endsWith(`/${name}`))
          out.push(`${dir}/${entry}`)
      }
    }
    return out
  }

  /** Creates the links that [Install] asks for; returns `Created symlink` lines. Throws the sentence of a failure. */
  enable(name: string): string[] {
    const full = unitName(name)
    const { fs } = this
    const fragment = findFragment(fs, full)
    if (!fragment) throw new Error(`Unit ${full} does not exist`)
    const node = fs.lresolve(fragment)
    if (node.kind === 'symlink' && node.target === '/dev/null') throw new Error(`Unit ${full} is masked`)
    const config = loadUnit(fs, full, this.hostname)
    const lines: string[] = []
    const link = (path: string): void => {
      if (fs.exists(path)) return
      fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
      fs.symlink(fragment, path)
      lines.push(`Created symlink '${path}' → '${fragment}'.`)
    }
    for (const s of config.settings.filter((x) => x.section === 'Install'))
      for (const word of s.value.split(/\s+/).filter(Boolean)) {
        if (s.key === 'WantedBy') link(`/etc/systemd/system/${word}.wants/${full}`)
        else if (s.key === 'RequiredBy') link(`/etc/systemd/system/${word}.requires/${full}`)
        else if (s.key === 'Alias') link(`/etc/systemd/system/${word}`)
        else if (
          s.key === 'Also' &&
          findFragment(fs, unitName(word)) &&
          unitName(word) !== full &&
          this.state(word) !== 'enabled'
        )
          lines.push(...this.enable(word))
      }
    if (lines.length > 0) this.changed.links()
    return lines
  }

  /** True when [Install] has nothing to do. */
  hasInstall(name: string): boolean {
    return loadUnit(this.fs, unitName(name), this.hostname).settings.some((s) => s.section === 'Install')
  }

  /** Removes the links that enable a unit; returns `Removed` lines. */
  disable(name: string): string[] {
    const full = unitName(name)
    if (!findFragment(this.fs, full)) throw new Error(`Unit ${full} does not exist`)
    const links = this.enablingLinks(full)
    for (const path of links) this.fs.unlink(path)
    if (links.length > 0) this.changed.links()
    return links.map((path) => `Removed '${path}'.`)
  }

  /** Links a unit's file to /dev/null. */
  mask(name: string): string[] {
    const full = unitName(name)
    const path = `/etc/systemd/system/${full}`
    const { fs } = this
    try {
      const node = fs.lresolve(path)
      if (node.kind === 'symlink' && node.target === '/dev/null') return []
      throw new Error(`File '${path}' already exists`)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('File ')) throw error
    }
    fs.symlink('/dev/null', path)
    this.changed.unit(full)
    return [`Created symlink '${path}' → '/dev/null'.`]
  }

  /** Removes that link. */
  unmask(name: string): string[] {
    const full = unitName(name)
    const path = `/etc/systemd/system/${full}`
    try {
      const node = this.fs.lresolve(path)
      if (node.kind !== 'symlink' || node.target !== '/dev/null') return []
    } catch {
      return []
    }
    this.fs.unlink(path)
    this.changed.unit(full)
    return [`Removed '${path}'.`]
  }

  /** The target that the machine boots into. */
  default(): string {
    const target = aliasTarget(this.fs, 'default.target')
    return target === 'default.target' ? 'multi-user.target' : target
  }

  /** Names of all unit files, sorted. */
  names(): string[] {
    const names = new Set<string>()
    for (const dir of UNIT_PATHS)
      if (this.fs.find(dir)?.kind === 'dir')
        for (const [name, node] of this.fs.readdir(dir)) if (SUFFIX.test(name) && node.kind !== 'dir') names.add(name)
    return [...names].sort()
  }
}
