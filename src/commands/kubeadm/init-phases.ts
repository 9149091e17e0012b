import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { generateBootstrapToken } from '../../programs/kubeadm/index.ts'
import { type Command, type CommandSpec, command, type FlagSpec, type Flags, noArgs } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from './client.ts'
import { phase } from './errors.ts'
import * as f from './flags.ts'
import { group } from './group.ts'
import * as steps from './init-steps.ts'
import { success } from './init-success.ts'
import { CERT_PHASES, phaseName, runCertPhase } from './phase-certs.ts'
import {
  addonCoreDns,
  addonKubeProxy,
  bootstrapToken,
  markControlPlane,
  uploadKubeadm,
  uploadKubelet,
} from './phase-cluster.ts'
import { kubeconfigDefinition, kubeletFinalize, kubeletStart, writeKubeconfig, writeManifest } from './phase-files.ts'
import { runRng } from './run-rng.ts'
import { initSettings, type Settings } from './settings.ts'

const COMMON = [f.config, f.dryRun]
const NETWORK = [f.advertiseAddress, f.bindPort, f.endpoint, f.kubernetesVersion]
/** Flags of the certs phases, which init has as well. */
export const CERTS = [...COMMON, f.certDir, ...NETWORK, f.extraSans, f.serviceCidr, f.dnsDomain, f.nodeName]
const KUBECONFIG = [...COMMON, f.certDir, f.kubeconfigDir, ...NETWORK, f.nodeName]
const CONTROL_PLANE = [...COMMON, f.certDir, ...NETWORK, f.imageRepository, f.podCidr, f.serviceCidr, f.nodeName]
const ALL_COMPONENTS = [...CONTROL_PLANE, ...Object.values(f.EXTRA_ARGS)]
const CLUSTER = [...COMMON, f.kubeconfig, f.nodeName]

const ADDON = [
  ...COMMON,
  f.kubeconfig,
  ...NETWORK,
  f.imageRepository,
  f.podCidr,
  f.serviceCidr,
  f.dnsDomain,
  f.nodeName,
]

type Body = (p: Process, settings: Settings, flags: Flags) => Coro<void>

/** A phase as a command: its settings are read, and failures are told with its full name. */
const phaseCommand = (name: string, spec: Omit<CommandSpec, 'run'>, body: Body): Command =>
  command({
    args: noArgs,
    ...spec,
    *run({ p, flags }) {
      const settings = yield* initSettings(p, flags)
      yield* phase(name, () => body(p, settings, flags))
      return 0
    },
  })

/** A body without waiting. */
const now = (body: (p: Process, settings: Settings, flags: Flags) => void): Body =>
  function* (p, settings, flags) {
    body(p, settings, flags)
  }

const CERT_TEXTS: Readonly<Record<string, string>> = {
  ca: 'Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components',
  'front-proxy-ca': 'Generate the self-signed CA to provision identities for front proxy',
  'etcd-ca': 'Generate the self-signed CA to provision identities for etcd',
  sa: 'Generate a private key for signing service account tokens along with its public key',
}

const certsPhase = group({
  use: 'certs',
  short: 'Certificate generation',
  commands: [
    phaseCommand('certs', { use: 'all', short: 'Generate all certificates', flags: CERTS }, now(steps.allCerts)),
    ...CERT_PHASES.map((d) =>
      phaseCommand(
        `certs/${phaseName(d)}`,
        {
          use: phaseName(d),
          short: CERT_TEXTS[phaseName(d)] ?? `Generate the ${d === 'sa' ? '' : d.longName}`,
          flags: CERTS,
        },
        now((p, settings) => runCertPhase(p, settings, d)),
      ),
    ),
  ],
})

const KUBECONFIG_TEXTS: Readonly<Record<string, string>> = {
  admin: 'Generate a kubeconfig file for the admin to use and for kubeadm itself',
  'super-admin': 'Generate a kubeconfig file for the super-admin',
  kubelet: 'Generate a kubeconfig file for the kubelet to use *only* for cluster bootstrapping purposes',
  'controller-manager': 'Generate a kubeconfig file for the controller manager to use',
  scheduler: 'Generate a kubeconfig file for the scheduler to use',
}

const kubeconfigPhase = group({
  use: 'kubeconfig',
  short: 'Generate all kubeconfig files necessary to establish the control plane and the admin kubeconfig file',
  commands: [
    phaseCommand(
      'kubeconfig',
      { use: 'all', short: 'Generate all kubeconfig files', flags: KUBECONFIG },
      now(steps.allKubeconfigs),
    ),
    ...Object.entries(KUBECONFIG_TEXTS).map(([name, short]) =>
      phaseCommand(
        `kubeconfig/${name}`,
        { use: name, short, flags: KUBECONFIG },
        now((p, settings, flags) =>
          writeKubeconfig(p, settings, kubeconfigDefinition(`${name}.conf`), steps.dirOf(flags)),
        ),
      ),
    ),
  ],
})

const controlPlanePhase = group({
  use: 'control-plane',
  short: 'Generate all static Pod manifest files necessary to establish the control plane',
  commands: [
    phaseCommand(
      'control-plane',
      { use: 'all', short: 'Generate all static Pod manifest files', flags: ALL_COMPONENTS },
      now(steps.allComponents),
    ),
    ...steps.COMPONENTS.map((component) => {
      const name = component.replace('kube-', '')
      return phaseCommand(
        `control-plane/${name}`,
        {
          use: name,
          short: `Generates the ${component} static Pod manifest`,
          flags: [...CONTROL_PLANE, f.EXTRA_ARGS[component]],
        },
        now((p, settings) => writeManifest(p, settings, component)),
      )
    }),
  ],
})

const clusterPhase = (
  name: string,
  use: string,
  short: string,
  body: (p: Process, client: Client, settings: Settings) => Coro<unknown>,
  flagsOf: readonly FlagSpec[] = CLUSTER,
): Command =>
  phaseCommand(name, { use, short, flags: flagsOf }, function* (p, settings, flags) {
    yield* body(p, steps.admin(p, flags, settings), settings)
  })

/** `kubeadm init phase` */
export const phases = group({
  use: 'phase',
  short: 'Use this command to invoke single phase of the "init" workflow',
  commands: [
    phaseCommand(
      'preflight',
      { use: 'preflight', short: 'Run pre-flight checks', flags: [...COMMON, f.ignorePreflight, f.criSocket] },
      steps.preflight,
    ),
    certsPhase,
    kubeconfigPhase,
    controlPlanePhase,
    group({
      use: 'etcd',
      short: 'Generate static Pod manifest file for local etcd',
      commands: [
        phaseCommand(
          'etcd/local',
          {
            use: 'local',
            short: 'Generate the static Pod manifest file for a local, single-node local etcd instance',
            flags: CONTROL_PLANE,
          },
          now(steps.localEtcd),
        ),
      ],
    }),
    phaseCommand(
      'kubelet-start',
      {
        use: 'kubelet-start',
        short: 'Write kubelet settings and (re)start the kubelet',
        flags: [...COMMON, f.nodeName, f.criSocket, f.imageRepository],
      },
      (p, settings) => kubeletStart(p, settings),
    ),
    phaseCommand(
      'wait-control-plane',
      { use: 'wait-control-plane', short: 'Wait for the control plane to start', flags: COMMON },
      (p, settings) => steps.waitControlPlane(p, settings),
    ),
    group({
      use: 'upload-config',
      short: 'Upload the kubeadm and kubelet configuration to a ConfigMap',
      commands: [
        clusterPhase('upload-config', 'all', 'Upload all configuration to a config map', steps.uploadAll),
        clusterPhase(
          'upload-config/kubeadm',
          'kubeadm',
          'Upload the kubeadm ClusterConfiguration to a ConfigMap',
          uploadKubeadm,
        ),
        clusterPhase(
          'upload-config/kubelet',
          'kubelet',
          'Upload the kubelet component config to a ConfigMap',
          uploadKubelet,
        ),
      ],
    }),
    phaseCommand(
      'upload-certs',
      {
        use: 'upload-certs',
        short: 'Upload certificates to kubeadm-certs',
        flags: [...CLUSTER, f.certificateKey, f.uploadCerts],
      },
      function* (p, settings, flags) {
        yield* steps.uploadCertificates(p, steps.admin(p, flags, settings), settings, flags)
      },
    ),
    clusterPhase('mark-control-plane', 'mark-control-plane', 'Mark a node as a control-plane', markControlPlane),
    clusterPhase(
      'bootstrap-token',
      'bootstrap-token',
      'Generates bootstrap tokens used to join a node to a cluster',
      bootstrapToken,
    ),
    group({
      use: 'kubelet-finalize',
      short: 'Updates settings relevant to the kubelet after TLS bootstrap',
      commands: [
        phaseCommand(
          'kubelet-finalize',
          { use: 'all', short: 'Run all kubelet-finalize phases', flags: [...COMMON, f.certDir] },
          (p, s) => kubeletFinalize(p, s),
        ),
        phaseCommand(
          'kubelet-finalize/enable-client-cert-rotation',
          {
            use: 'enable-client-cert-rotation',
            short: 'Enable kubelet client certificate rotation',
            flags: [...COMMON, f.certDir],
          },
          (p, s) => kubeletFinalize(p, s),
        ),
      ],
    }),
    group({
      use: 'addon',
      short: 'Install required addons for passing conformance tests',
      commands: [
        clusterPhase('addon', 'all', 'Install all the addons', steps.addons, ADDON),
        clusterPhase(
          'addon/coredns',
          'coredns',
          'Install the CoreDNS addon to a Kubernetes cluster',
          addonCoreDns,
          ADDON,
        ),
        clusterPhase(
          'addon/kube-proxy',
          'kube-proxy',
          'Install the kube-proxy addon to a Kubernetes cluster',
          addonKubeProxy,
          ADDON,
        ),
      ],
    }),
    command({
      use: 'show-join-command',
      short: 'Show the join command for control-plane and worker node',
      args: noArgs,
      *run({ p, flags }): Coro<number> {
        const settings = yield* initSettings(p, flags)
        const token = generateBootstrapToken(runRng(p).fork('token'))
        const api = clientFromFile(p, ADMIN_CONF)
        p.stdout.write(success(p, settings, api, `${token.id}.${token.secret}`, ''))
        return 0
      },
    }),
  ],
})
