import { effectiveDocument } from './config-document.ts'
import type { Kubelet } from './kubelet.ts'

/**
 * What /configz shows: the configuration that the kubelet works with, with what it found out by itself (server.go,
 * InitializeTLS and getCgroupDriverFromCRI).
 */
export function configz({ config, flags, systemdCgroups }: Kubelet): string {
  const found: Record<string, unknown> = { cgroupDriver: systemdCgroups ? 'systemd' : 'cgroupfs' }
  if (!config.serverTlsBootstrap && !config.tlsCertFile && !config.tlsPrivateKeyFile) {
    found.tlsCertFile = `${flags.certDir}/kubelet.crt`
    found.tlsPrivateKeyFile = `${flags.certDir}/kubelet.key`
  }
  return JSON.stringify({ kubeletconfig: effectiveDocument({ ...config.document, ...found }) })
}
