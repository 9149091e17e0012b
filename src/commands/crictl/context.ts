import { parse } from 'yaml'
import { type Process, SysError } from '../../host/index.ts'
import { type CriServer, dialCri, GrpcError } from '../../programs/containerd/index.ts'
import { StructuredLog } from '../../programs/lib/structured-log.ts'
import type { Parsed } from './options.ts'

/** Ends the command: `level=fatal msg="…"`, exit 1. */
export class Fatal extends Error {}

/** Ends the command with its page and exit 0; a message goes before as `level=error`. */
export class UsagePage extends Error {}

const DEFAULTS = [
  'unix:///run/containerd/containerd.sock',
  'unix:///run/crio/crio.sock',
  'unix:///var/run/cri-dockerd.sock',
]

interface CrictlConfig {
  'runtime-endpoint': string
  'image-endpoint': string
  timeout: number
  debug: boolean
  'pull-image-on-create': boolean
  'disable-pull-on-run': boolean
}

export const EMPTY_CONFIG: CrictlConfig = {
  'runtime-endpoint': '',
  'image-endpoint': '',
  timeout: 0,
  debug: false,
  'pull-image-on-create': false,
  'disable-pull-on-run': false,
}

const goString = (text: string): string => JSON.stringify(text)

/** What every command of one crictl run shares: logging, configuration and connections. */
export class Context {
  readonly klog: StructuredLog
  config: CrictlConfig = EMPTY_CONFIG
  readonly configPath: string

  constructor(
    readonly p: Process,
    private readonly globals: Parsed,
  ) {
    this.klog = new StructuredLog(p)
    this.configPath = globals.get('config') ?? p.env.CRI_CONFIG_FILE ?? '/etc/crictl.yaml'
  }

  out(text: string): void {
    this.p.stdout.write(text)
  }

  log(level: string, message: string): void {
    const time = `${new Date(this.p.now()).toISOString().slice(0, 19)}Z`
    this.p.stderr.write(`time="${time}" level=${level} msg=${goString(message)}\n`)
  }

  /** Reads crictl.yaml. Throws Fatal. */
  load(): void {
    const { p, configPath } = this
    let text: string
    try {
      text = p.fs.readFile(configPath, p.cwd, p.creds)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      if (error.code === 'ENOENT' && !this.globals.has('config') && !p.env.CRI_CONFIG_FILE) {
        this.log('warning', `Config ${goString(configPath)} does not exist, trying next: "/usr/bin/crictl.yaml"`)
        return
      }
      if (error.code === 'ENOENT') {
        this.log('warning', `Config ${goString(configPath)} does not exist, trying next: "/usr/bin/crictl.yaml"`)
        throw new Fatal('load config file: stat /usr/bin/crictl.yaml: no such file or directory')
      }
      throw new Fatal(`load config file: ${error.goMessage}`)
    }
    let doc: any
    try {
      doc = parse(text) ?? {}
    } catch (error) {
      throw new Fatal(`load config file: yaml: ${(error as Error).message.split('\n')[0]}`)
    }
    this.config = { ...EMPTY_CONFIG, ...doc }
  }

  get debug(): boolean {
    return this.globals.has('debug') || this.config.debug
  }

  /** Connects for runtime calls. Throws Fatal. */
  runtime(): CriServer {
    const endpoint =
      this.globals.get('runtime-endpoint') ?? this.p.env.CONTAINER_RUNTIME_ENDPOINT ?? this.config['runtime-endpoint']
    if (this.debug) {
      this.log('debug', 'Get runtime connection')
      this.log('debug', 'Using runtime connection timeout: 2s')
    }
    return this.connect(endpoint, 'runtime')
  }

  /** Connects for image calls. Throws Fatal. */
  image(): CriServer {
    const endpoint =
      this.globals.get('image-endpoint') ??
      this.p.env.IMAGE_SERVICE_ENDPOINT ??
      (this.config['image-endpoint'] ||
        this.globals.get('runtime-endpoint') ||
        this.p.env.CONTAINER_RUNTIME_ENDPOINT ||
        this.config['runtime-endpoint'])
    return this.connect(endpoint, 'image')
  }

  private connect(endpoint: string, service: 'runtime' | 'image'): CriServer {
    if (endpoint) return this.dial(endpoint, service)
    this.log(
      'warning',
      `${service === 'image' ? 'Image' : 'runtime'} connect using default endpoints: [${DEFAULTS.join(' ')}]. As the default settings are now deprecated, you should set the endpoint instead.`,
    )
    for (const [i, candidate] of DEFAULTS.entries()) {
      try {
        return this.dial(candidate, service)
      } catch (error) {
        if (!(error instanceof Fatal)) throw error
        this.log('error', error.message)
        if (i === DEFAULTS.length - 1) throw error
      }
    }
    throw new Fatal('no endpoint')
  }

  private dial(endpoint: string, service: 'runtime' | 'image'): CriServer {
    const { p } = this
    if (/^[a-z]+:\/\//.test(endpoint) && !endpoint.startsWith('unix://'))
      throw new Fatal('only support unix socket endpoint')
    const full = endpoint.startsWith('unix://') ? endpoint : `unix://${endpoint}`
    try {
      const server = dialCri(p.fs, full, p.creds)
      if (service === 'runtime') server.version()
      else server.listImages()
      return server
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      throw new Fatal(
        `validate service connection: validate CRI v1 ${service} API for endpoint ${goString(endpoint)}: ${error.message}`,
      )
    }
  }
}
