import type { Process } from '../../host/index.ts'
import { type CaDefinition, CERTIFICATE_AUTHORITIES, CERTIFICATES, verifyChain } from '../../pki/index.ts'
import { errorText, KubeadmError } from './errors.ts'
import { exists, isExternal, loadCert, loadKey } from './files.ts'
import { checkKubeconfig, serverOf } from './kubeconfig-check.ts'
import type { Settings } from './settings.ts'

/** What validateSignedCert calls the certificates. */
const NAMES: Readonly<Record<string, string>> = {
  apiserver: 'API server',
  'apiserver-kubelet-client': 'API server kubelet client',
  'front-proxy-client': 'front-proxy client',
}

/** An authority whose key is kept elsewhere: all that it signs must be there already. Throws KubeadmError. */
function checkSigned(p: Process, dir: string, ca: CaDefinition): void {
  for (const d of CERTIFICATES.filter((one) => one.ca === ca.name)) {
    try {
      loadKey(p, `${dir}/${d.base}`)
    } catch (error) {
      throw new KubeadmError(`failure loading key for ${d.base}: ${errorText(error)}`)
    }
    const cert = (() => {
      try {
        return loadCert(p, `${dir}/${d.base}`)
      } catch (error) {
        throw new KubeadmError(`failure loading certificate for ${NAMES[d.name]}: ${errorText(error)}`)
      }
    })()
    const verdict = verifyChain(cert, { roots: [loadCert(p, `${dir}/${ca.base}`)], now: p.now(), usages: ['any'] })
    if (!verdict.ok)
      throw new KubeadmError(`certificate ${NAMES[d.name]} is not signed by corresponding CA: ${verdict.error}`)
  }
}

/** Is the authority's key kept elsewhere? Then all that it signs is there, or the error says what is missing. */
function isElsewhere(p: Process, dir: string, name: CaDefinition['name'], what: string): boolean {
  const ca = CERTIFICATE_AUTHORITIES.find((one) => one.name === name)!
  try {
    if (!isExternal(p, dir, ca) || !loadCert(p, `${dir}/${ca.base}`).isCa) return false
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    return false
  }
  try {
    checkSigned(p, dir, ca)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`invalid or incomplete external ${what}: ${error.message}`)
  }
  return true
}

/** Kubeconfig files that must be there when none can be signed, in the order in which they are looked at. */
const FILES = ['controller-manager.conf', 'scheduler.conf', 'admin.conf', 'super-admin.conf', 'kubelet.conf']

/**
 * newInitData: what an authority with its key elsewhere asks of the machine. True: the cluster's own is such a one.
 * `upload`: --upload-certs was given.
 */
export function checkExternal(p: Process, settings: Settings, confDir: string, upload: boolean): boolean {
  const dir = settings.cluster.certificatesDir
  const external = isElsewhere(p, dir, 'ca', 'CA')
  if (external)
    for (const name of FILES)
      try {
        const path = `${confDir}/${name}`
        if (!exists(p, path)) throw new KubeadmError(`stat ${path}: no such file or directory`)
        checkKubeconfig(
          p,
          path,
          loadCert(p, `${dir}/ca`),
          serverOf(settings, name === 'kubelet.conf' ? 'admin.conf' : name),
        )
      } catch (error) {
        if (!(error instanceof KubeadmError)) throw error
        throw new KubeadmError(`the ${name} file does not exists or it is not valid: ${error.message}`)
      }
  const frontProxy = isElsewhere(p, dir, 'front-proxy-ca', 'front-proxy CA')
  if (upload && (external || frontProxy))
    throw new KubeadmError("can't use upload-certs with an external CA or an external front-proxy CA")
  return external
}
