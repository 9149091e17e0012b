import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { KUBECONFIGS } from '../../pki/index.ts'
import { generateBootstrapToken, MANIFESTS_DIR } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from './client.ts'
import { phase } from './errors.ts'
import { flagValues } from './flag-values.ts'
import { initSettings } from './init-settings.ts'
import * as steps from './init-steps.ts'
import { success } from './init-success.ts'
import { CERT_PHASES, phaseName, runCertPhase } from './phase-certs.ts'
import {
  addonCoreDns,
  addonKubeProxy,
  bootstrapToken,
  grantAdmins,
  markControlPlane,
  printCoreDns,
  printKubeProxy,
  uploadKubeadm,
  uploadKubelet,
} from './phase-cluster.ts'
import { kubeletFinalize, kubeletStart, writeKubeconfig, writeManifest } from './phase-files.ts'
import { phaseCommands } from './phases.ts'
import { runRng } from './run-rng.ts'
import type { Settings } from './settings.ts'
import type { Run, Runs } from './tree.ts'

/** What a run of `kubeadm init`, or of one of its phases, works with. */
export class InitRun {
  private made: Client | undefined
  /** What phases leave to show-join-command. */
  key = ''
  token = ''

  constructor(
    readonly p: Process,
    readonly flags: Flags,
    readonly settings: Settings,
    /** The whole workflow: admin.conf's group has no rights yet when the first request is made. */
    private readonly whole = false,
  ) {}

  /** The client of all phases, made when the first asks for it. */
  *client(): Coro<Client> {
    const { p, flags, settings } = this
    if (this.made) return this.made
    if (this.whole && !settings.dry) yield* grantAdmins(clientFromFile(p, '/etc/kubernetes/super-admin.conf'))
    return (this.made = steps.admin(p, flags, settings))
  }
}

type Body = (run: InitRun) => Coro<unknown>

/** A body without waiting. */
const now = (body: (p: Process, settings: Settings, flags: Flags) => void): Body =>
  function* ({ p, settings, flags }) {
    body(p, settings, flags)
  }

/** A body that talks to the cluster. */
const remote = (body: (p: Process, client: Client, settings: Settings) => Coro<unknown>): Body =>
  function* (run) {
    yield* body(run.p, yield* run.client(), run.settings)
  }

/** A body that --print-manifest replaces. */
const printable =
  (print: (p: Process, settings: Settings) => void, body: Body): Body =>
  (run) =>
    flagValues(run.flags).yes('print-manifest') ? now(print)(run) : body(run)

/** The word before a group of phases: the folder into which it writes, which is another in a dry run. */
const folder = (word: string, what: string, dir: (settings: Settings, flags: Flags) => string): Body =>
  now((p, settings, flags) =>
    p.stdout.write(`[${word}] Using ${what} folder ${JSON.stringify(settings.dry ?? dir(settings, flags))}\n`),
  )

/** Phases in their order by their names; that of a group is what is done before its first. */
export const PHASES: readonly (readonly [name: string, body: Body])[] = [
  ['preflight', ({ p, settings }) => steps.preflight(p, settings)],
  ['certs', folder('certs', 'certificateDir', ({ cluster }) => cluster.certificatesDir)],
  ...CERT_PHASES.map((d): [string, Body] => [
    `certs/${phaseName(d)}`,
    now((p, settings) => runCertPhase(p, settings, d)),
  ]),
  ['kubeconfig', folder('kubeconfig', 'kubeconfig', (_, flags) => steps.dirOf(flags))],
  ...KUBECONFIGS.map((d): [string, Body] => [
    `kubeconfig/${d.name.replace('.conf', '')}`,
    now((p, settings, flags) => writeKubeconfig(p, settings, d, steps.dirOf(flags))),
  ]),
  ['etcd/local', now(steps.localEtcd)],
  ['control-plane', folder('control-plane', 'manifest', () => MANIFESTS_DIR)],
  ...steps.COMPONENTS.map((component): [string, Body] => [
    `control-plane/${component.replace('kube-', '')}`,
    now((p, settings) => writeManifest(p, settings, component)),
  ]),
  ['kubelet-start', ({ p, settings }) => kubeletStart(p, settings)],
  ['wait-control-plane', waitControlPlane],
  ['upload-config/kubeadm', remote(uploadKubeadm)],
  ['upload-config/kubelet', remote(uploadKubelet)],
  ['upload-certs', uploadCerts],
  ['mark-control-plane', remote(markControlPlane)],
  [
    'bootstrap-token',
    function* (run) {
      run.token = yield* bootstrapToken(run.p, yield* run.client(), run.settings)
    },
  ],
  ['kubelet-finalize/enable-client-cert-rotation', ({ p, settings }) => kubeletFinalize(p, settings)],
  ['addon/coredns', printable(printCoreDns, remote(addonCoreDns))],
  ['addon/kube-proxy', printable(printKubeProxy, remote(addonKubeProxy))],
  ['show-join-command', showJoinCommand],
]

function* waitControlPlane({ p, settings }: InitRun): Coro {
  if (settings.dry) steps.printFiles(p, settings)
  else yield* steps.waitControlPlane(p, settings)
}

function* uploadCerts(run: InitRun): Coro {
  if (steps.skipsUpload(run.p, run.flags)) return
  run.key = yield* steps.uploadCertificates(run.p, yield* run.client(), run.settings, run.flags)
}

function* showJoinCommand(run: InitRun): Coro {
  const { p, settings } = run
  if (settings.dry) return
  const random = generateBootstrapToken(runRng(p).fork('token'))
  const token = run.token || settings.tokens[0]?.token || `${random.id}.${random.secret}`
  p.stdout.write(success(p, settings, clientFromFile(p, ADMIN_CONF), token, run.key))
}

/** `kubeadm init phase …`. A failure names the phase. */
export const INIT_PHASES: Runs = Object.fromEntries(
  phaseCommands(PHASES.map(([name]) => name)).map(([path, names]): [string, Run] => [
    `init phase ${path}`,
    function* ({ p, flags }) {
      const run = new InitRun(p, flags, yield* initSettings(p, flags))
      for (const [name, body] of PHASES) if (names.includes(name)) yield* phase(name, () => body(run))
      return 0
    },
  ]),
)
