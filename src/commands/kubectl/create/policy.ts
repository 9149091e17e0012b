import { parseQuantity, QuantityError, retainedQuantity } from '../../../print/index.ts'
import type { Definition } from '../lib/define.ts'
import { CliError } from '../lib/errors.ts'
import { parseSelector } from '../lib/selector.ts'
import { pages } from '../pages/create.ts'
import { core, generator, metadata, resource } from './generator.ts'

/** `cpu=1,memory=1Gi` as a resource list. */
function resourceList(text: string): Record<string, string> {
  const out: Record<string, string> = {}
  if (text === '') return out
  for (const pair of text.split(',')) {
    const parts = pair.split('=')
    if (parts.length !== 2) throw new CliError(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
    try {
      parseQuantity(parts[1])
    } catch (error) {
      if (error instanceof QuantityError) throw new CliError(error.message)
      throw error
    }
    out[parts[0]] = retainedQuantity(parts[1])
  }
  return out
}

export const quota: Definition = generator({
  page: pages.quota,
  resource: core('resourcequotas', 'ResourceQuota'),
  failure: 'failed to create quota:',
  *build(k, name) {
    const hard = resourceList(k.flags.string('hard'))
    const scopes = k.flags.string('scopes').split(',').filter(Boolean)
    yield* []
    return {
      metadata: metadata(k, name),
      spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) },
      status: {},
    }
  },
})

const intOrPercent = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text)

export const disruptionBudget: Definition = generator({
  page: pages.poddisruptionbudget,
  resource: resource('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  failure: 'failed to create poddisruptionbudgets:',
  *build(k, name) {
    const [min, max, selector] = ['min-available', 'max-unavailable', 'selector'].map((flag) => k.flags.string(flag))
    if (!selector) throw new CliError('a selector must be specified')
    if (!min && !max) throw new CliError('one of min-available or max-unavailable must be specified')
    if (min && max) throw new CliError('min-available and max-unavailable cannot be both specified')
    for (const [flag, value] of [
      ['min-available', min],
      ['max-unavailable', max],
    ])
      if (value && !/^\d+%?$/.test(value)) throw new CliError(`invalid format specified for ${flag}`)
    yield* []
    return {
      metadata: metadata(k, name),
      spec: {
        ...(min ? { minAvailable: intOrPercent(min) } : { maxUnavailable: intOrPercent(max) }),
        selector: parseSelector(selector),
      },
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    }
  },
})

export const priorityClass: Definition = generator({
  page: pages.priorityclass,
  resource: resource('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass', false),
  failure: 'failed to create priorityclass:',
  *build(k, name) {
    const policy = k.flags.string('preemption-policy')
    const description = k.flags.string('description')
    yield* []
    return {
      ...(description ? { description } : {}),
      ...(k.flags.bool('global-default') ? { globalDefault: true } : {}),
      metadata: { name },
      preemptionPolicy: policy || 'PreemptLowerPriority',
      value: k.flags.int('value'),
    }
  },
})

const RULE =
  /^(?<host>[\w*\-.]*)(?<path>\/[^=]*)?=(?<svc>[\w-]+):(?<port>[\w-]+)(?<tls>,\s*tls(?:=(?<secret>[\w-]+))?)?(?:,.*)?$/

export const ingress: Definition = generator({
  page: pages.ingress,
  resource: resource('networking.k8s.io', 'v1', 'ingresses', 'Ingress'),
  failure: 'failed to create ingress:',
  *build(k, name) {
    const specs = k.flags.strings('rule')
    const backend = k.flags.string('default-backend')
    if (specs.length === 0 && !backend)
      throw new CliError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      )
    const annotations: Record<string, string> = {}
    for (const text of k.flags.strings('annotation')) {
      const at = text.indexOf('=')
      if (at < 0) throw new CliError(`annotation ${text} is invalid and should be in format key=[value]`)
      annotations[text.slice(0, at)] = text.slice(at + 1)
    }
    if (backend && !/^[^:]+:[^:]+$/.test(backend))
      throw new CliError(`default-backend should be in format servicename:serviceport`)
    const hosts = new Map<string, any[]>()
    const tls: { hosts: string[]; secretName?: string }[] = []
    for (const spec of specs) {
      const groups = RULE.exec(spec)?.groups
      if (!groups)
        throw new CliError(`rule ${spec} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
      const path = groups.path ?? ''
      const prefix = path.endsWith('*')
      const paths = hosts.get(groups.host) ?? []
      hosts.set(groups.host, paths)
      paths.push({
        backend: { service: { name: groups.svc, port: portOf(groups.port) } },
        path: prefix ? path.slice(0, -1) : path,
        pathType: prefix ? 'Prefix' : 'Exact',
      })
      if (groups.tls) {
        const secretName = groups.secret ?? ''
        const entry = tls.find((t) => (t.secretName ?? '') === secretName)
        if (!entry) tls.push({ hosts: groups.host ? [groups.host] : [], ...(secretName ? { secretName } : {}) })
        else if (groups.host && !entry.hosts.includes(groups.host)) entry.hosts.push(groups.host)
      }
    }
    const className = k.flags.string('class')
    const [service, servicePort] = backend.split(':')
    yield* []
    return {
      metadata: metadata(k, name, Object.keys(annotations).length > 0 ? { annotations } : {}),
      spec: {
        ...(backend ? { defaultBackend: { service: { name: service, port: portOf(servicePort) } } } : {}),
        ...(className ? { ingressClassName: className } : {}),
        ...(hosts.size > 0
          ? { rules: [...hosts].map(([host, paths]) => ({ ...(host ? { host } : {}), http: { paths } })) }
          : {}),
        ...(tls.length > 0 ? { tls } : {}),
      },
      status: { loadBalancer: {} },
    }
  },
})

const portOf = (text: string): any => (/^\d+$/.test(text) ? { number: Number(text) } : { name: text })
