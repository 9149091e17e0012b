import type { Process } from '../../host/index.ts'
import { type Zone, zoneByName } from '../../print/index.ts'

/** The time zone of a process: TZ, or the host's /etc/localtime link; UTC otherwise. */
export function zoneOf(p: Process): Zone {
  const link = p.fs.exists('/etc/localtime') ? p.fs.lresolve('/etc/localtime') : undefined
  const linked = link?.kind === 'symlink' ? /zoneinfo\/(.+)$/.exec(link.target)?.[1] : undefined
  return zoneByName((p.env.TZ ?? linked ?? 'UTC').replace(/^:/, ''))
}
