import { base64 } from '../../../kernel/index.ts'
import { PkiError, x509KeyPair } from '../../../pki/index.ts'
import { contentHash } from '../kustomize/generate.ts'
import type { Definition } from '../lib/define.ts'
import { CliError } from '../lib/errors.ts'
import { defaultSubcommand } from '../lib/help.ts'
import type { Kube } from '../lib/kube.ts'
import { fill, isBinary, sources } from '../lib/sources.ts'
import { pages } from '../pages/create.ts'
import { core, generator, metadata } from './generator.ts'

/** --append-hash: the name goes on with a hash of what it stands for. Models kubectl/pkg/util/hash. */
function hashed(k: Kube, kind: string, object: any): any {
  if (!k.flags.bool('append-hash')) return object
  const { metadata } = object
  const suffix = contentHash({ kind, ...object }, metadata.name)
  return { ...object, metadata: { ...metadata, name: `${metadata.name}-${suffix}` } }
}

export const namespace: Definition = generator({
  page: pages.namespace,
  resource: core('namespaces', 'Namespace', false),
  *build(_k, name) {
    yield* []
    return { metadata: { name }, spec: {}, status: {} }
  },
})

export const serviceAccount: Definition = generator({
  page: pages.serviceaccount,
  resource: core('serviceaccounts', 'ServiceAccount'),
  failure: 'failed to create serviceaccount:',
  *build(k, name) {
    yield* []
    return { metadata: metadata(k, name) }
  },
})

export const configMap: Definition = generator({
  page: pages.configmap,
  resource: core('configmaps', 'ConfigMap'),
  failure: 'failed to create configmap:',
  *build(k, name) {
    const data: Record<string, string> = {}
    const binaryData: Record<string, string> = {}
    fill('ConfigMap', name, sources(k), ({ key, value }) => {
      if (isBinary(value)) binaryData[key] = base64(value)
      else data[key] = value
    })
    yield* []
    return hashed(k, 'ConfigMap', {
      metadata: metadata(k, name),
      ...(Object.keys(data).length > 0 ? { data } : {}),
      ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
    })
  },
})

const secrets = core('secrets', 'Secret')

const secretGeneric: Definition = generator({
  page: pages['secret generic'],
  resource: secrets,
  failure: 'failed to create secret',
  *build(k, name) {
    const data: Record<string, string> = {}
    fill('Secret', name, sources(k), ({ key, value }) => {
      data[key] = base64(value)
    })
    const type = k.flags.string('type')
    yield* []
    return hashed(k, 'Secret', {
      metadata: metadata(k, name),
      ...(Object.keys(data).length > 0 ? { data } : {}),
      ...(type ? { type } : {}),
    })
  },
})

const secretRegistry: Definition = generator({
  page: pages['secret docker-registry'],
  resource: secrets,
  failure: 'failed to create secret',
  *build(k, name) {
    const files = k.flags.strings('from-file')
    const [server, username, password, email] = [
      'docker-server',
      'docker-username',
      'docker-password',
      'docker-email',
    ].map((f) => k.flags.string(f))
    if (files.length === 0 && (!username || !password || !server))
      throw new CliError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      )
    const data: Record<string, string> = {}
    if (files.length > 0) {
      const at = files[0].indexOf('=')
      const path = files[0].slice(at + 1)
      const key = at < 0 ? '.dockerconfigjson' : files[0].slice(0, at)
      data[key] = base64(k.p.fs.readFile(path, k.p.cwd, k.p.creds))
    } else {
      const entry = { username, password, ...(email ? { email } : {}), auth: base64(`${username}:${password}`) }
      data['.dockerconfigjson'] = base64(JSON.stringify({ auths: { [server]: entry } }))
    }
    yield* []
    return hashed(k, 'Secret', { metadata: metadata(k, name), data, type: 'kubernetes.io/dockerconfigjson' })
  },
})

const secretTls: Definition = generator({
  page: pages['secret tls'],
  resource: secrets,
  failure: 'failed to create secret',
  *build(k, name) {
    const [certFile, keyFile] = [k.flags.string('cert'), k.flags.string('key')]
    if (!certFile || !keyFile) throw new CliError('key and cert must be specified')
    const read = (file: string): string => {
      try {
        return k.p.fs.readFile(file, k.p.cwd, k.p.creds)
      } catch (error) {
        throw new CliError(`Cannot read file ${file}, ${(error as any).goMessage ?? (error as Error).message}`)
      }
    }
    const [cert, key] = [read(certFile), read(keyFile)]
    try {
      x509KeyPair(cert, key)
    } catch (error) {
      if (error instanceof PkiError) throw new CliError(error.message)
      throw error
    }
    yield* []
    return hashed(k, 'Secret', {
      metadata: metadata(k, name),
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
      type: 'kubernetes.io/tls',
    })
  },
})

export const secret: Definition = {
  page: pages.secret,
  run: defaultSubcommand,
  commands: [secretGeneric, secretRegistry, secretTls],
}
