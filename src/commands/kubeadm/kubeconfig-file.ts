import { parse } from 'yaml'
import type { Process } from '../../host/index.ts'
import { base64Pem, type CertAndKey, type Certificate, parseCertsPem } from '../../pki/index.ts'
import { toYaml } from '../../print/index.ts'
import { errorText, KubeadmError } from './errors.ts'
import { readText, writeText } from './files.ts'

/** A kubeconfig file as a value. */
export function readKubeconfig(p: Process, path: string): any {
  try {
    return parse(readText(p, path)) ?? {}
  } catch (error) {
    throw new KubeadmError(`failed to load kubeconfig file ${path}: ${errorText(error)}`)
  }
}

const named = (list: any[] | undefined, name: string): any => list?.find((entry) => entry.name === name)

/** Current context's user and cluster. */
export function current(document: any): { user: any; cluster: any; userName: string; clusterName: string } {
  const context = named(document.contexts, document['current-context'])?.context ?? {}
  return {
    userName: context.user,
    clusterName: context.cluster,
    user: named(document.users, context.user)?.user ?? {},
    cluster: named(document.clusters, context.cluster)?.cluster ?? {},
  }
}

/** The client certificate inside a kubeconfig file. */
export function embeddedCert(p: Process, path: string): Certificate {
  const { user, userName } = current(readKubeconfig(p, path))
  const data = user['client-certificate-data']
  if (!data)
    throw new KubeadmError(`kubeconfig file ${path} does not have client-certificate-data for user ${userName}`)
  try {
    return parseCertsPem(Buffer.from(data, 'base64').toString('utf8'))[0]
  } catch {
    throw new KubeadmError(`kubeconfig file ${path} does not contain a valid certificate`)
  }
}

/** Puts a new client certificate, and the authority's own, into a kubeconfig file. */
export function replaceEmbedded(p: Process, path: string, pair: CertAndKey, ca: Certificate): void {
  const document = readKubeconfig(p, path)
  const { user, cluster } = current(document)
  user['client-certificate-data'] = base64Pem(pair.cert.pem)
  user['client-key-data'] = base64Pem(pair.key.pem)
  cluster['certificate-authority-data'] = base64Pem(ca.pem)
  writeText(p, path, toYaml(document), 0o600)
}
