import type { KubeObject } from '../../api/types.ts'
import { StatusError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { appendCertsFromPem, sha256Hex } from '../../pki/index.ts'
import { shortHumanDuration } from '../../print/index.ts'
import {
  BOOTSTRAP_GROUP,
  generateBootstrapToken,
  parseBootstrapToken,
  tokenSecret,
} from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { type Client, clientFromFile, kubeconfigPath } from './client.ts'
import { throwAll, tokenProblems } from './configuration/validate.ts'
import { DryRunClient } from './dry-run.ts'
import { errorText, KubeadmError } from './errors.ts'
import { printerOf } from './output.ts'
import { runRng } from './run-rng.ts'
import { tabbed } from './table.ts'
import type { Run, Runs } from './tree.ts'

function client(p: Process, flags: Flags): Client {
  const real = clientFromFile(p, kubeconfigPath(p, flags.string('kubeconfig')))
  return flags.bool('dry-run') ? new DryRunClient(p, real.config) : real
}

const badToken = (token: string): KubeadmError =>
  new KubeadmError(
    `the bootstrap token ${JSON.stringify(token)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
  )

/** `sha256:` and the hash of the authority's public key, as joining nodes pin it. */
export function caHash(caPem: string): string {
  const [ca] = appendCertsFromPem(caPem)
  return `sha256:${sha256Hex(ca?.publicKey.spki ?? '')}`
}

/** The join command that a kubeconfig's server and authority make. */
function joinCommand(api: Client, token: string): string {
  const server = api.config.server.replace(/^https:\/\//, '')
  return `kubeadm join ${server} --token ${token} --discovery-token-ca-cert-hash ${caHash(api.config.caPem ?? '')} `
}

const create: Run = function* ({ p, flags, args }) {
  const random = generateBootstrapToken(runRng(p))
  const text = args[0] ?? `${random.id}.${random.secret}`
  const token = parseBootstrapToken(text)
  if (!token) throw badToken(text)
  const usages = flags.strings('usages')
  const groups = flags.strings('groups').length > 0 ? flags.strings('groups') : [BOOTSTRAP_GROUP]
  const api = client(p, flags)
  throwAll(tokenProblems([{ usages, groups }]))
  if (yield* api.find('Secret', 'kube-system', `bootstrap-token-${token.id}`))
    throw new KubeadmError(`a token with id ${JSON.stringify(token.id)} already exists`)
  const ttl = flags.duration('ttl')
  yield* api.create(
    tokenSecret(token, {
      expires: ttl > 0 ? p.now() + ttl : undefined,
      usages,
      groups,
      description: flags.string('description'),
    }),
  )
  const key = flags.string('certificate-key')
  if (flags.bool('print-join-command'))
    p.stdout.write(`${joinCommand(api, text)}${key ? `--control-plane --certificate-key ${key}` : ''}\n`)
  else p.stdout.write(`${text}\n`)
  return 0
}

const decode = (data: any, key: string): string => Buffer.from(data?.[key] ?? '', 'base64').toString('utf8')

function row(secret: KubeObject, now: number): string[] {
  const data = (secret as any).data
  const expiration = decode(data, 'expiration')
  const usages = ['authentication', 'signing'].filter((u) => decode(data, `usage-bootstrap-${u}`) === 'true')
  const groups = decode(data, 'auth-extra-groups')
  return [
    `${decode(data, 'token-id')}.${decode(data, 'token-secret')}`,
    expiration ? shortHumanDuration(Date.parse(expiration) - now) : '<forever>',
    expiration || '<never>',
    usages.join(',') || '<none>',
    decode(data, 'description') || '<none>',
    groups || '<none>',
  ]
}

/** output.BootstrapToken. */
function tokenFields(secret: KubeObject): object {
  const data = (secret as any).data
  const [description, expires] = [decode(data, 'description'), decode(data, 'expiration')]
  const usages = ['authentication', 'signing'].filter((u) => decode(data, `usage-bootstrap-${u}`) === 'true')
  const groups = decode(data, 'auth-extra-groups').split(',').filter(Boolean)
  return {
    token: `${decode(data, 'token-id')}.${decode(data, 'token-secret')}`,
    ...(description ? { description } : {}),
    ...(expires ? { expires } : {}),
    ...(usages.length > 0 ? { usages } : {}),
    ...(groups.length > 0 ? { groups } : {}),
  }
}

const list: Run = function* ({ p, flags }) {
  const api = client(p, flags)
  const printer = printerOf(p, flags, 'unable to print bootstrap token: ')
  const secrets = yield* tokenSecrets(api)
  if (!printer.text) for (const secret of secrets) printer.print('BootstrapToken', tokenFields(secret))
  if (!printer.text || secrets.length === 0) return 0
  const rows = secrets.map((secret) => row(secret, p.now()))
  const head = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS']
  p.stdout.write(tabbed([head, ...rows], [10, 12, 10, 25, 59]))
  return 0
}

function* tokenSecrets(api: Client): Coro<KubeObject[]> {
  try {
    return yield* api.list('Secret', 'kube-system', { fieldSelector: 'type=bootstrap.kubernetes.io/token' })
  } catch (error) {
    throw new KubeadmError(`failed to list bootstrap tokens: ${errorText(error)}`)
  }
}

const remove: Run = function* ({ p, flags, args }) {
  if (args.length < 1)
    throw new KubeadmError(
      'missing argument; \'token delete\' is missing token of form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z" or "\\\\A([a-z0-9]{6})\\\\z"',
    )
  const api = client(p, flags)
  for (const text of args) {
    const id = parseBootstrapToken(text)?.id ?? text
    if (!/^[a-z0-9]{6}$/.test(id))
      throw new KubeadmError(
        `given token didn't match pattern "\\\\A([a-z0-9]{6})\\\\z" or "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
      )
    try {
      yield* api.remove('Secret', 'kube-system', `bootstrap-token-${id}`)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      throw new KubeadmError(`failed to delete bootstrap token ${JSON.stringify(id)}: ${error.message}`)
    }
    p.stdout.write(`bootstrap token ${JSON.stringify(id)} deleted\n`)
  }
  return 0
}

const generate: Run = function* ({ p }) {
  const { id, secret } = generateBootstrapToken(runRng(p))
  p.stdout.write(`${id}.${secret}\n`)
  return 0
}

/** `kubeadm token …`. */
export const TOKEN: Runs = {
  'token create': create,
  'token delete': remove,
  'token generate': generate,
  'token list': list,
}
