import type { KubeObject } from '../../api/types.ts'
import { StatusError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { openBytes, sealBytes } from '../../pki/index.ts'
import { BOOTSTRAP_GROUP, generateBootstrapToken, getNamed, group, tokenSecret } from '../../programs/kubeadm/index.ts'
import type { Client } from './client.ts'
import { KubeadmError } from './errors.ts'
import { exists, readText, writeText } from './files.ts'
import { runRng } from './run-rng.ts'
import type { Settings } from './settings.ts'

/** What control planes share, below the certificates directory. Models phases/copycerts. */
const SHARED = [
  'ca.crt',
  'ca.key',
  'front-proxy-ca.crt',
  'front-proxy-ca.key',
  'sa.pub',
  'sa.key',
  'etcd/ca.crt',
  'etcd/ca.key',
]
const SECRET = 'kubeadm-certs'
/** How long the Secret lives, ms: its owner is a bootstrap token of this age. */
const LIFE = 2 * 3_600_000

const secretName = (file: string): string => file.replace('/', '-')

function keyOf(text: string): Buffer {
  const bad = [...text].find((c) => !/[0-9a-fA-F]/.test(c))
  if (bad !== undefined)
    throw new KubeadmError(
      `error decoding certificate key: encoding/hex: invalid byte: U+${bad.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad}'`,
    )
  if (text.length % 2 === 1)
    throw new KubeadmError('error decoding certificate key: encoding/hex: odd length hex string')
  const key = Buffer.from(text, 'hex')
  if (key.length !== 32)
    throw new KubeadmError(`error creating certificate cipher: crypto/aes: invalid key size ${key.length}`)
  return key
}

/** Seals the shared certificates with a key into a Secret that goes after two hours. An empty key: a new one is made. */
export function* uploadCerts(p: Process, client: Client, { cluster }: Settings, given: string): Coro<string> {
  const rng = runRng(p).fork('certificate-key')
  const text = given || rng.hex(64)
  p.stdout.write(`[upload-certs] Storing the certificates in Secret "${SECRET}" in the "kube-system" Namespace\n`)
  const key = keyOf(text)
  const token = generateBootstrapToken(rng)
  const owner = yield* client.create(
    tokenSecret(token, {
      expires: p.now() + LIFE,
      usages: [],
      groups: [],
      description: 'Proxy for managing TTL for the kubeadm-certs secret',
    }),
  )
  const data: Record<string, string> = {}
  for (const file of SHARED) {
    const path = `${cluster.certificatesDir}/${file}`
    if (!exists(p, path)) data[secretName(file)] = ''
    else
      data[secretName(file)] = sealBytes(
        Buffer.from(readText(p, path), 'utf8'),
        key,
        Buffer.from(rng.hex(24), 'hex'),
      ).toString('base64')
  }
  const reference = {
    apiVersion: 'v1',
    kind: 'Secret',
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
  yield* client.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET, namespace: 'kube-system', ownerReferences: [reference] },
    data,
  } as unknown as KubeObject)
  for (const object of getNamed('kubeadm:kubeadm-certs', 'kube-system', 'secrets', SECRET, group(BOOTSTRAP_GROUP)))
    yield* client.apply(object)
  p.stdout.write(`[upload-certs] Using certificate key:\n${text}\n`)
  return text
}

/** Fetches and opens what uploadCerts stored. */
export function* downloadCerts(p: Process, client: Client, { cluster }: Settings, text: string): Coro<void> {
  p.stdout.write(`[download-certs] Downloading the certificates in Secret "${SECRET}" in the "kube-system" Namespace\n`)
  const key = keyOf(text)
  let secret: KubeObject & { data?: Record<string, string> }
  try {
    secret = yield* client.get('Secret', 'kube-system', SECRET)
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error
    throw new KubeadmError(
      `error downloading the secret: Secret "${SECRET}" was not found in the "kube-system" Namespace. This Secret might have expired. Please, run \`kubeadm init phase upload-certs --upload-certs\` on a control plane to generate a new one`,
    )
  }
  for (const file of SHARED) {
    const sealed = secret.data?.[secretName(file)]
    if (sealed === undefined)
      throw new KubeadmError(
        `the Secret does not include the required certificate or key - name: ${file}, path: ${cluster.certificatesDir}/${file}`,
      )
    if (sealed === '') continue
    const plain = openBytes(Buffer.from(sealed, 'base64'), key)
    if (!plain)
      throw new KubeadmError('error decoding secret data with provided key: cipher: message authentication failed')
    writeText(p, `${cluster.certificatesDir}/${file}`, plain.toString('utf8'), file.endsWith('.key') ? 0o600 : 0o644)
  }
}
