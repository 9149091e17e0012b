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
import { command, type Flags, maxArgs, noArgs } from '../lib/cobra.ts'
import { type Client, clientFromFile, kubeconfigPath } from './client.ts'
import { errorText, KubeadmError, NotSimulated } from './errors.ts'
import * as f from './flags.ts'
import { group } from './group.ts'
import { runRng } from './run-rng.ts'
import { tabbed } from './table.ts'

const client = (p: Process, flags: Flags): Client => clientFromFile(p, kubeconfigPath(p, flags.string('kubeconfig')))

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

const create = command({
  use: 'create [token]',
  short: 'Create bootstrap tokens on the server',
  long: `This command will create a bootstrap token for you.
You can specify the usages for this token, the "time to live" and an optional human friendly description.

The [token] is the actual token to write.
This should be a securely generated random token of the form "[a-z0-9]{6}.[a-z0-9]{16}".
If no [token] is given, kubeadm will generate a random token instead.`,
  args: maxArgs(1),
  flags: [
    {
      name: 'certificate-key',
      type: 'string',
      usage:
        "When used together with '--print-join-command', print the full 'kubeadm join' flag needed to join the cluster as a control-plane. To create a new certificate key you must use 'kubeadm init phase upload-certs --upload-certs'.",
    },
    f.config,
    { name: 'description', type: 'string', usage: 'A human friendly description of how this token is used.' },
    {
      name: 'groups',
      type: 'stringSlice',
      default: [BOOTSTRAP_GROUP],
      usage:
        'Extra groups that this token will authenticate as when used for authentication. Must match "\\\\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\\\z"',
    },
    {
      name: 'print-join-command',
      type: 'bool',
      usage:
        "Instead of printing only the token, print the full 'kubeadm join' flag needed to join the cluster using the token.",
    },
    {
      name: 'ttl',
      type: 'duration',
      default: 86_400_000,
      usage:
        "The duration before the token is automatically deleted (e.g. 1s, 2m, 3h). If set to '0', the token will never expire",
    },
    {
      name: 'usages',
      type: 'stringSlice',
      default: ['signing', 'authentication'],
      usage:
        'Describes the ways in which this token can be used. You can pass --usages multiple times or provide a comma separated list of options. Valid options: [signing,authentication]',
    },
  ],
  *run({ p, flags, args }) {
    const random = generateBootstrapToken(runRng(p))
    const text = args[0] ?? `${random.id}.${random.secret}`
    const token = parseBootstrapToken(text)
    if (!token) throw badToken(text)
    const api = client(p, flags)
    if (yield* api.find('Secret', 'kube-system', `bootstrap-token-${token.id}`))
      throw new KubeadmError(`a token with id ${JSON.stringify(token.id)} already exists`)
    const ttl = flags.duration('ttl')
    yield* api.create(
      tokenSecret(token, {
        expires: ttl > 0 ? p.now() + ttl : undefined,
        usages: flags.strings('usages'),
        groups: flags.strings('groups'),
        description: flags.string('description'),
      }),
    )
    const key = flags.string('certificate-key')
    if (flags.bool('print-join-command'))
      p.stdout.write(`${joinCommand(api, text)}${key ? `--control-plane --certificate-key ${key}` : ''}\n`)
    else p.stdout.write(`${text}\n`)
    return 0
  },
})

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

const list = command({
  use: 'list',
  short: 'List bootstrap tokens on the server',
  long: 'This command will list all bootstrap tokens for you.',
  args: noArgs,
  flags: [
    f.output(
      'text|json|yaml|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file',
    ),
  ],
  *run({ p, flags }) {
    if (flags.changed('output') && flags.string('output') !== 'text') throw new NotSimulated('token list -o')
    const secrets = yield* tokenSecrets(client(p, flags))
    if (secrets.length === 0) return 0
    const rows = secrets.map((secret) => row(secret, p.now()))
    const head = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS']
    p.stdout.write(tabbed([head, ...rows], [10, 12, 10, 25, 59]))
    return 0
  },
})

function* tokenSecrets(api: Client): Coro<KubeObject[]> {
  try {
    return yield* api.list('Secret', 'kube-system', { fieldSelector: 'type=bootstrap.kubernetes.io/token' })
  } catch (error) {
    throw new KubeadmError(`failed to list bootstrap tokens: ${errorText(error)}`)
  }
}

const remove = command({
  use: 'delete [token-value] ...',
  short: 'Delete bootstrap tokens on the server',
  long: `This command will delete a list of bootstrap tokens for you.

The [token-value] is the full Token of the form "[a-z0-9]{6}.[a-z0-9]{16}" or the
Token ID of the form "[a-z0-9]{6}" to delete.`,
  disableFlagsInUseLine: true,
  *run({ p, flags, args }) {
    if (args.length < 1)
      throw new KubeadmError(
        'missing argument; \'token delete\' is missing token of form "[a-z0-9]{6}.[a-z0-9]{16}" or Token ID of the form "[a-z0-9]{6}"',
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
  },
})

const generate = command({
  use: 'generate',
  short: 'Generate and print a bootstrap token, but do not create it on the server',
  long: `This command will print out a randomly-generated bootstrap token that can be used with
the "init" and "join" commands.

You don't have to use this command in order to generate a token. You can do so
yourself as long as it is in the format "[a-z0-9]{6}.[a-z0-9]{16}". This
command is provided for convenience to generate tokens in the given format.

You can also use "kubeadm init" without specifying a token and it will
generate and print one for you.`,
  args: noArgs,
  *run({ p }): Coro<number> {
    const { id, secret } = generateBootstrapToken(runRng(p))
    p.stdout.write(`${id}.${secret}\n`)
    return 0
  },
})

/** `kubeadm token`. */
export const token = group({
  use: 'token',
  short: 'Manage bootstrap tokens',
  long: `
This command manages bootstrap tokens. It is optional and needed only for advanced use cases.

In short, bootstrap tokens are used for establishing bidirectional trust between a client and a server.
A bootstrap token can be used when a client (for example a node that is about to join the cluster) needs
to trust the server it is talking to. Then a bootstrap token with the "signing" usage can be used.
bootstrap tokens can also function as a way to allow short-lived authentication to the API Server
(the token serves as a way for the API Server to trust the client), for example for doing the TLS Bootstrap.

What is a bootstrap token more exactly?
 - It is a Secret in the kube-system namespace of type "bootstrap.kubernetes.io/token".
 - A bootstrap token must be of the form "[a-z0-9]{6}.[a-z0-9]{16}". The former part is the public token ID,
   while the latter is the Token Secret and it must be kept private at all circumstances!
 - The name of the Secret must be named "bootstrap-token-(token-id)".

You can read more about bootstrap tokens here:
  https://kubernetes.io/docs/admin/bootstrap-tokens/
`,
  persistentFlags: [{ ...f.dryRun, usage: 'Whether to enable dry-run mode or not' }, f.kubeconfig],
  commands: [create, list, remove, generate],
})
