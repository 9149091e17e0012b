import type { Coro } from '../../../kernel/index.ts'
import { base64 } from '../../../kernel/index.ts'
import { KUBECTL_TABLE, tabulate } from '../../../print/index.ts'
import { exactArgs, helpPage } from '../../lib/cobra.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, ExitError, throwAll } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { configFiles, defaultFile, type KubeConfig, loadConfig, loadOne, writeConfigFile } from '../lib/kubeconfig.ts'
import { pages } from '../pages/config.ts'

const path = (k: Kube): string => k.flags.string('kubeconfig')
/** What the changes start from: a file named by --kubeconfig need not exist yet. */
const merged = (k: Kube): KubeConfig =>
  configFiles(k.p, path(k)).explicit && !k.p.fs.exists(path(k), k.p.cwd)
    ? loadOne(k.p, path(k))
    : loadConfig(k.p, path(k))

/** The file that holds an entry, or the one that new entries go to. */
const fileFor = (k: Kube, entry: { file: string } | undefined): string => entry?.file ?? defaultFile(k.p, path(k))

/** Changes one file. */
function edit(k: Kube, file: string, change: (config: KubeConfig) => void): void {
  const config = loadOne(k.p, file)
  change(config)
  writeConfigFile(k.p, file, config)
}

/** Wrong arguments: the error, then the help page, exit 1. */
function* unexpected(k: Kube): Coro<never> {
  k.err(`error: Unexpected args: [${k.args.join(' ')}]\n`)
  yield* k.out(helpPage(k.p, k.call.command, 'kubectl'))
  throw new ExitError(1)
}

function set(value: Record<string, any>, key: string, text: string): void {
  if (text === '') delete value[key]
  else value[key] = text
}

function embed(k: Kube, what: string, file: string): string {
  if (!k.p.fs.exists(file, k.p.cwd))
    throw new CliError(`could not stat ${what} file ${file}: stat ${file}: no such file or directory`)
  return base64(k.p.fs.readFile(file, k.p.cwd, k.p.creds))
}

const absolute = (k: Kube, file: string): string =>
  file.startsWith('/') || file === '' ? file : `${k.p.cwd === '/' ? '' : k.p.cwd}/${file}`

export const setCluster: Definition = {
  page: pages['set-cluster'],
  *run(k) {
    if (k.args.length !== 1) yield* unexpected(k)
    const { flags } = k
    if (flags.bool('insecure-skip-tls-verify') && flags.string('certificate-authority'))
      throw new CliError('you cannot specify a certificate authority and insecure mode at the same time')
    const entry = merged(k).clusters.get(k.args[0])
    const value = { ...entry?.value }
    if (flags.changed('server')) set(value, 'server', flags.string('server'))
    if (flags.changed('tls-server-name')) set(value, 'tls-server-name', flags.string('tls-server-name'))
    if (flags.changed('proxy-url')) set(value, 'proxy-url', flags.string('proxy-url'))
    if (flags.changed('insecure-skip-tls-verify')) {
      if (flags.bool('insecure-skip-tls-verify')) {
        value['insecure-skip-tls-verify'] = true
        delete value['certificate-authority']
        delete value['certificate-authority-data']
      } else delete value['insecure-skip-tls-verify']
    }
    if (flags.changed('certificate-authority')) {
      const file = flags.string('certificate-authority')
      delete value['certificate-authority']
      delete value['certificate-authority-data']
      if (flags.bool('embed-certs')) value['certificate-authority-data'] = embed(k, 'certificate-authority', file)
      else set(value, 'certificate-authority', absolute(k, file))
      delete value['insecure-skip-tls-verify']
    }
    const file = fileFor(k, entry)
    edit(k, file, (config) => config.clusters.set(k.args[0], { value, file }))
    yield* k.out(`Cluster "${k.args[0]}" set.\n`)
    return 0
  },
}

export const setCredentials: Definition = {
  page: pages['set-credentials'],
  *run(k) {
    if (k.args.length !== 1) yield* unexpected(k)
    const { flags } = k
    const auth = [
      flags.string('token') ? '--token' : '',
      flags.string('username') || flags.string('password') ? '--username/--password' : '',
    ].filter(Boolean)
    if (auth.length > 1)
      throw new CliError(`you cannot specify more than one authentication method at the same time: ${auth.join(', ')}`)
    if (flags.bool('embed-certs') && !flags.string('client-certificate') && !flags.string('client-key'))
      throw new CliError('you must specify a --client-certificate or --client-key to embed')
    const entry = merged(k).users.get(k.args[0])
    const value = { ...entry?.value }
    for (const flag of ['client-certificate', 'client-key']) {
      if (!flags.changed(flag)) continue
      const file = flags.string(flag)
      delete value[flag]
      delete value[`${flag}-data`]
      if (flags.bool('embed-certs') && file) value[`${flag}-data`] = embed(k, flag, file)
      else set(value, flag, absolute(k, file))
    }
    if (flags.changed('token')) {
      set(value, 'token', flags.string('token'))
      delete value.tokenFile
      delete value.username
      delete value.password
    }
    if (flags.changed('username')) set(value, 'username', flags.string('username'))
    if (flags.changed('password')) set(value, 'password', flags.string('password'))
    if (flags.changed('exec-command')) {
      value.exec = {
        apiVersion: flags.string('exec-api-version') || 'client.authentication.k8s.io/v1',
        args: flags.strings('exec-arg').length > 0 ? flags.strings('exec-arg') : null,
        command: flags.string('exec-command'),
        env:
          flags.strings('exec-env').length > 0
            ? flags.strings('exec-env').map((pair) => {
                const at = pair.indexOf('=')
                return { name: pair.slice(0, at), value: pair.slice(at + 1) }
              })
            : null,
        ...(flags.string('exec-interactive-mode') ? { interactiveMode: flags.string('exec-interactive-mode') } : {}),
        provideClusterInfo: flags.bool('exec-provide-cluster-info'),
      }
    }
    const file = fileFor(k, entry)
    edit(k, file, (config) => config.users.set(k.args[0], { value, file }))
    yield* k.out(`User "${k.args[0]}" set.\n`)
    return 0
  },
}

export const setContext: Definition = {
  page: pages['set-context'],
  *run(k) {
    const { flags } = k
    if (k.args.length > 1) yield* unexpected(k)
    if (k.args.length === 0 && !flags.bool('current'))
      throw new CliError('you must specify a non-empty context name or --current')
    if (k.args.length === 1 && flags.bool('current'))
      throw new CliError('you cannot specify both a context name and --current')
    const all = merged(k)
    const name = flags.bool('current') ? all.currentContext : k.args[0]
    if (name === '') throw new CliError('no current context is set')
    const entry = all.contexts.get(name)
    const value = { ...entry?.value }
    for (const key of ['cluster', 'namespace', 'user']) if (flags.changed(key)) set(value, key, flags.string(key))
    value.cluster ??= ''
    value.user ??= ''
    const file = fileFor(k, entry)
    edit(k, file, (config) => config.contexts.set(name, { value, file }))
    yield* k.out(`Context "${name}" ${entry ? 'modified' : 'created'}.\n`)
    return 0
  },
}

export const useContext: Definition = {
  page: pages['use-context'],
  *run(k) {
    if (k.args.length !== 1) yield* unexpected(k)
    const [name] = k.args
    if (!merged(k).contexts.has(name)) throw new CliError(`no context exists with the name: "${name}"`)
    const { files } = configFiles(k.p, path(k))
    const owner =
      files.find((file) => k.p.fs.exists(file, k.p.cwd) && loadOne(k.p, file).currentContext !== '') ??
      defaultFile(k.p, path(k))
    edit(k, owner, (config) => {
      config.currentContext = name
    })
    yield* k.out(`Switched to context "${name}".\n`)
    return 0
  },
}

export const currentContext: Definition = {
  page: pages['current-context'],
  *run(k) {
    const { currentContext: name } = merged(k)
    if (!name) throw new CliError('current-context is not set')
    yield* k.out(`${name}\n`)
    return 0
  },
}

export const getContexts: Definition = {
  page: pages['get-contexts'],
  *run(k) {
    const { flags } = k
    const output = flags.string('output')
    if (output !== '' && output !== 'name') throw new CliError(`output must be one of '' or 'name': ${output}`)
    const config = merged(k)
    const errors: Error[] = []
    const wanted: string[] = []
    if (k.args.length === 0) wanted.push(...config.contexts.keys())
    for (const name of k.args) {
      if (config.contexts.has(name)) wanted.push(name)
      else errors.push(new CliError(`context ${name} not found`))
    }
    wanted.sort()
    if (output === 'name') yield* k.out(wanted.map((name) => `${name}\n`).join(''))
    else {
      const rows = wanted.map((name) => {
        const { value } = config.contexts.get(name)!
        return `${name === config.currentContext ? '*' : ''}\t${name}\t${value.cluster ?? ''}\t${value.user ?? ''}\t${value.namespace ?? ''}\n`
      })
      const head = flags.bool('no-headers') ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n'
      yield* k.out(tabulate(head + rows.join(''), KUBECTL_TABLE))
    }
    throwAll(errors)
    return 0
  },
}

const listing = (page: Definition['page'], key: 'clusters' | 'users'): Definition => ({
  page,
  *run(k) {
    const names = [...merged(k)[key].keys()].sort()
    yield* k.out(`NAME\n${names.map((name) => `${name}\n`).join('')}`)
    return 0
  },
})

export const getClusters = listing(pages['get-clusters'], 'clusters')
export const getUsers = listing(pages['get-users'], 'users')

function deleting(page: Definition['page'], key: 'clusters' | 'users' | 'contexts', noun: string): Definition {
  return {
    page,
    *run(k) {
      if (k.args.length !== 1) yield* unexpected(k)
      const [name] = k.args
      const file = defaultFile(k.p, path(k))
      const shown = file.startsWith('/') ? file : `${k.p.cwd}/${file}`
      const entry = merged(k)[key].get(name)
      if (!entry) throw new CliError(`cannot delete ${noun} ${name}, not in ${shown}`)
      if (key === 'contexts' && merged(k).currentContext === name)
        k.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
      edit(k, entry.file, (config) => config[key].delete(name))
      yield* k.out(`deleted ${noun} ${name} from ${shown}\n`)
      return 0
    },
  }
}

export const deleteCluster = deleting(pages['delete-cluster'], 'clusters', 'cluster')
export const deleteContext = deleting(pages['delete-context'], 'contexts', 'context')
export const deleteUser = deleting(pages['delete-user'], 'users', 'user')

export const renameContext: Definition = {
  page: pages['rename-context'],
  args: exactArgs(2),
  *run(k) {
    const [from, to] = k.args
    const all = merged(k)
    const entry = all.contexts.get(from)
    const file = fileFor(k, entry)
    const shown = file.startsWith('/') ? file : `${k.p.cwd}/${file}`
    if (!entry) throw new CliError(`cannot rename the context "${from}", it's not in ${shown}`)
    if (all.contexts.has(to))
      throw new CliError(`cannot rename the context "${from}", the context "${to}" already exists in ${shown}`)
    edit(k, file, (config) => {
      config.contexts.set(to, { ...entry })
      config.contexts.delete(from)
      if (config.currentContext === from) config.currentContext = to
    })
    yield* k.out(`Context "${from}" renamed to "${to}".\n`)
    return 0
  },
}
