import { type Process, SysError } from '../../../host/index.ts'

/** The first name that /etc/hosts has for an address; itself without one. */
export function hostNamed(p: Process, ip: string): string {
  let text = ''
  try {
    text = p.fs.readFile('/etc/hosts')
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
  for (const entry of text.split('\n')) {
    const [address, name] = entry.replace(/#.*/, '').trim().split(/\s+/)
    if (address === ip && name) return name
  }
  return ip
}
