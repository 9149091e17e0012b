import type { Host } from '../host.ts'
import { Stack } from '../net/stack.ts'

/** Directories of sysctl.d, in the order in which `sysctl --system` prints their files by name. */
const DIRS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d']

/** Files that `sysctl --system` reads: by name, a name in /etc hiding the same one in /usr, and /etc/sysctl.conf last. */
export function sysctlFiles(host: Host): string[] {
  const byName = new Map<string, string>()
  for (const dir of DIRS)
    if (host.fs.find(dir)?.kind === 'dir')
      for (const [name] of host.fs.readdir(dir))
        if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, `${dir}/${name}`)
  const files = [...byName].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, path]) => path)
  return host.fs.exists('/etc/sysctl.conf') ? [...files, '/etc/sysctl.conf'] : files
}

/** `key = value` lines of a sysctl file; a leading `-` makes a failure silent. */
export function parseSysctlFile(text: string): { key: string; value: string; quiet: boolean }[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim()
    if (line === '' || /^[#;]/.test(line)) return []
    const eq = line.indexOf('=')
    if (eq < 0) return []
    const name = line.slice(0, eq).trim()
    const key = name.replace(/^-/, '').replace(/\//g, '.')
    return [{ key, value: line.slice(eq + 1).trim(), quiet: name.startsWith('-') }]
  })
}

/** systemd-sysctl at boot. */
export function applySysctlFiles(host: Host): void {
  if (!(host.net instanceof Stack)) return
  for (const path of sysctlFiles(host)) {
    const file = host.fs.find(path)
    if (file?.kind !== 'file') continue
    for (const { key, value } of parseSysctlFile(file.read())) {
      const keys = key.includes('*') ? host.net.sysctls.keys().filter((k) => glob(key, k)) : [key]
      for (const k of keys) if (host.net.sysctls.get(k) !== undefined) host.net.sysctls.set(k, value)
    }
  }
}

const glob = (pattern: string, key: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((s) => s.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^.]*')}$`,
  ).test(key)
