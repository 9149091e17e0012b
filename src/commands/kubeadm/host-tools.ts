import { type Process, SYSTEMD, type Systemd } from '../../host/index.ts'
import { releaseAt } from '../../programs/lib/releases.ts'

/** Go's exec.LookPath: the path of an executable, by this process' environment and file system. */
export function lookPath(p: Process, name: string): string | undefined {
  const dirs = (p.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':')
  return dirs
    .map((dir) => `${dir || '.'}/${name}`)
    .find((path) => {
      const node = p.fs.find(path, p.cwd)
      return node?.kind === 'file' && (node.mode & 0o111) !== 0
    })
}

export const NO_INIT_SYSTEM = 'no supported init system detected, skipping checking for services'

/** initsystem.GetInitSystem: systemd, as far as its systemctl can be seen from here. */
export const initSystem = (p: Process): Systemd | undefined =>
  lookPath(p, 'systemctl') && p.host.has(SYSTEMD) ? p.host.service(SYSTEMD) : undefined

/** The installed kubelet's version, with its v; a text is why it cannot be told. */
export function kubeletVersion(p: Process): { version: string } | string {
  const path = lookPath(p, 'kubelet')
  if (!path)
    return "couldn't get kubelet version: cannot execute 'kubelet --version': executable file not found in $PATH"
  return { version: releaseAt(p, path) }
}

/**
 * utilruntime.DetectCRISocket: the known socket that is there, and containerd's where there is none. Of the sockets that
 * kubeadm knows, containerd's is the only one that is simulated.
 */
export const DETECTED_CRI_SOCKET = 'unix:///var/run/containerd/containerd.sock'
