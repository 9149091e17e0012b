import { type Process, readLine } from '../../../host/index.ts'
import { byText, type Coro } from '../../../kernel/index.ts'
import { ApiTransport } from '../../../programs/lib/api-transport.ts'
import { type ClientConfig, decodeBase64, inClusterConfig, SERVICE_ACCOUNT } from '../../../programs/lib/kubeconfig.ts'
import { releaseOf } from '../../../programs/lib/releases.ts'
import type { Flags } from '../../lib/cobra.ts'
import type { Transport } from './client.ts'
import { CliError, PlainError } from './errors.ts'
import { configFiles, type KubeConfig, loadConfig } from './kubeconfig.ts'

/** Where this command line leads: the merged kubeconfig with the global flags on top. */
export interface Target {
  readonly config: ClientConfig
  readonly raw: KubeConfig
  readonly context: string
  readonly namespace: string
  readonly impersonate: Readonly<Record<string, string>>
  /** kubeconfig has neither certificate, token nor user name, and the server uses TLS. */
  readonly needsLogin: boolean
}

/** Makes the way to the API server. Replaced in tests. */
export type Connect = (p: Process, target: Target) => Transport

/** What kubectl calls itself. */
export const userAgent = (p: Process): string => `kubectl/${releaseOf(p)} (linux/amd64) kubernetes/bb826b1`

/** Over the simulated network, with the kubeconfig's credentials. */
export const connectApi: Connect = (p, target) => new ApiTransport(p, target.config, userAgent(p), target.impersonate)

/** The very same text again, so that what was parsed from it is found at once. */
const decoded = byText(decodeBase64, 64)

const inline = (value: string | undefined): string | undefined => (value ? decoded(value) : undefined)

/**
 * Commands that ask for the namespace before anything else. The whole kubeconfig is validated for that, which finds
 * other words for a context or a cluster that is not there.
 */
const NAMESPACE_FIRST =
  /^kubectl (get|describe|taint|events|logs|exec|attach|port-forward|cp|delete|rollout|debug|edit|label|annotate|patch|scale|top pod|create token|auth reconcile|apply (view|set|edit)-last-applied|set (image|resources|selector|serviceaccount|subject))( |$)/

/** Resolves context, cluster, user and namespace as clientcmd does. Throws CliError. */
export function resolveTarget(p: Process, all: Flags, own: ReadonlySet<string>, command: string): Target {
  const namespaceFirst = NAMESPACE_FIRST.test(command)
  // A command's own flag of the same name (create rolebinding --user) hides the global one.
  const flags = {
    string: (name: string): string => (own.has(name) ? '' : all.string(name)),
    strings: (name: string): string[] => (own.has(name) ? [] : all.strings(name)),
    bool: (name: string): boolean => !own.has(name) && all.bool(name),
  }
  const raw = loadConfig(p, flags.string('kubeconfig'))
  const inside = raw.clusters.size + raw.users.size + raw.contexts.size === 0 && !flags.string('server')
  if (inside && inClusterPossible(p))
    return {
      config: inClusterConfig(p),
      raw,
      context: '',
      namespace: flags.string('namespace') || ownNamespace(p),
      impersonate: impersonation(flags, {}, ''),
      needsLogin: false,
    }
  const wanted = flags.string('context')
  const contextName = wanted || raw.currentContext
  const context = raw.contexts.get(contextName)
  if (wanted && !context && !namespaceFirst) throw new CliError(`context "${wanted}" does not exist`)
  if (contextName && !context)
    throw new PlainError(`Error in configuration: context was not found for specified context: ${contextName}`)
  const clusterName = flags.string('cluster') || context?.value.cluster || ''
  const userName = flags.string('user') || context?.value.user || ''
  const cluster = raw.clusters.get(clusterName)
  const user = raw.users.get(userName)
  if (flags.string('cluster') && !cluster)
    throw new CliError(
      namespaceFirst ? `no server found for cluster "${clusterName}"` : `cluster "${clusterName}" does not exist`,
    )
  if (flags.string('user') && !user) throw new CliError(`auth info "${userName}" does not exist`)
  const problems: string[] = []
  const c = cluster?.value ?? {}
  const u = user?.value ?? {}
  const relative = (file: string | undefined, origin: string | undefined): string | undefined => {
    if (!file) return undefined
    if (file.startsWith('/') || origin === undefined) return file
    const dir = origin.includes('/') ? origin.slice(0, origin.lastIndexOf('/')) : p.cwd
    return `${dir.startsWith('/') ? dir : `${p.cwd}/${dir}`}/${file}`
  }
  const readable = (what: string, file: string | undefined, owner: string): string | undefined => {
    if (file === undefined) return undefined
    try {
      p.fs.readFile(file, p.cwd, p.creds)
    } catch (error) {
      problems.push(
        `unable to read ${what} ${file} for ${owner} due to ${(error as any).goMessage ?? (error as Error).message}`,
      )
    }
    return file
  }
  const flag = (name: string): string | undefined => flags.string(name) || undefined
  const server = (flag('server') ?? c.server ?? '') as string
  const caFile = flag('certificate-authority') ?? relative(c['certificate-authority'], cluster?.file)
  const certFile = flag('client-certificate') ?? relative(u['client-certificate'], user?.file)
  const keyFile = flag('client-key') ?? relative(u['client-key'], user?.file)
  const caData = flag('certificate-authority') ? undefined : c['certificate-authority-data']
  const certData = flag('client-certificate') ? undefined : u['client-certificate-data']
  const keyData = flag('client-key') ? undefined : u['client-key-data']
  const token = flag('token') ?? u.token
  const insecure = flags.bool('insecure-skip-tls-verify') || c['insecure-skip-tls-verify'] === true
  const config: ClientConfig = {
    server: normalizeServer(server),
    insecure,
    tlsServerName: flag('tls-server-name') ?? c['tls-server-name'],
    caPem: inline(caData),
    caFile: caData ? undefined : readable('certificate-authority', caFile, clusterName),
    certPem: inline(certData),
    certFile: certData ? undefined : readable('client-cert', certFile, userName),
    keyPem: inline(keyData),
    keyFile: keyData ? undefined : readable('client-key', keyFile, userName),
    token,
    tokenFile: token ? undefined : relative(u.tokenFile, user?.file),
  }
  problems.push(...execProblems(u.exec, userName))
  if (problems.length === 1) throw new CliError(problems[0])
  if (problems.length > 1) throw new CliError(`invalid configuration: [${problems.join(', ')}]`)
  if (keyData && !(inline(keyData) ?? '').includes('-----BEGIN'))
    throw new CliError('tls: failed to find any PEM data in key input')
  if (certData && !(inline(certData) ?? '').includes('-----BEGIN'))
    throw new CliError('tls: failed to find any PEM data in certificate input')
  const anyAuth =
    config.certPem ||
    config.certFile ||
    token ||
    config.tokenFile ||
    u.username ||
    flag('username') ||
    u.exec ||
    u['auth-provider']
  return {
    config,
    raw,
    context: contextName,
    namespace: flag('namespace') ?? context?.value.namespace ?? 'default',
    impersonate: impersonation(flags, u, userName),
    needsLogin: !anyAuth && config.server.startsWith('https:'),
  }
}

/** No kubeconfig says anything, and this is a container with a service account. Models clientcmd's inClusterClientConfig. */
const inClusterPossible = (p: Process): boolean =>
  !!p.env.KUBERNETES_SERVICE_HOST && !!p.env.KUBERNETES_SERVICE_PORT && p.fs.exists(`${SERVICE_ACCOUNT}/token`)

function ownNamespace(p: Process): string {
  if (p.env.POD_NAMESPACE) return p.env.POD_NAMESPACE
  const file = `${SERVICE_ACCOUNT}/namespace`
  return (p.fs.exists(file) && p.fs.readFile(file).trim()) || 'default'
}

/** What a credential plug-in must say about itself. */
function execProblems(exec: any, user: string): string[] {
  if (!exec) return []
  // The older version has a default for it.
  const needed = ['command', 'apiVersion', ...(String(exec.apiVersion).endsWith('/v1beta1') ? [] : ['interactiveMode'])]
  const missing = needed.filter((field) => !exec[field])
  return missing.map((field) => `${field} must be specified for ${user} to use exec authentication plugin`)
}

/** `host:port` without a scheme is plain HTTP, and no server at all is localhost:8080. */
function normalizeServer(server: string): string {
  if (server === '') return 'http://localhost:8080'
  return /^https?:\/\//.test(server) ? server.replace(/\/$/, '') : `http://${server}`
}

function impersonation(
  flags: Pick<Flags, 'string' | 'strings'>,
  user: Record<string, any>,
  owner: string,
): Record<string, string> {
  const name = flags.string('as') || user.as
  const groups = flags.strings('as-group').length > 0 ? flags.strings('as-group') : user['as-groups']
  const uid = flags.string('as-uid') || user['as-uid']
  const headers: Record<string, string> = {}
  if (name) headers['impersonate-user'] = name
  if (groups?.length) headers['impersonate-group'] = groups.join(',')
  if (uid) headers['impersonate-uid'] = uid
  for (const extra of flags.strings('as-user-extra')) {
    const at = extra.indexOf('=')
    if (at <= 0) throw new CliError(`invalid user-extra: ${extra}, must be in the form of key=value`)
    headers[`impersonate-extra-${extra.slice(0, at).toLowerCase()}`] = extra.slice(at + 1)
  }
  if (!name && (groups?.length || uid))
    throw new CliError(`requesting uid, groups or user-extra for ${owner} without impersonating a user`)
  return headers
}

/** Asks for a user name and password on the terminal, as clientcmd does when a server needs a login. */
export function* login(p: Process): Coro<void> {
  p.stdout.write('Please enter Username: ')
  if ((yield* readLine(p.stdin)) === null) throw new CliError('EOF')
  p.stdout.write('Please enter Password: ')
  if ((yield* readLine(p.stdin)) === null) throw new CliError('EOF')
}

/** For -v=6: the file that the configuration came from. */
export const loadedFrom = (p: Process, flags: Flags): string[] =>
  configFiles(p, flags.string('kubeconfig')).files.filter((file) => p.fs.exists(file, p.cwd))
