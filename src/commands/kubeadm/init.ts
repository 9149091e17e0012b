import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { KUBECONFIGS } from '../../pki/index.ts'
import { generateBootstrapToken, MANIFESTS_DIR } from '../../programs/kubeadm/index.ts'
import { type Command, type CommandSpec, command, type FlagSpec, type Flags, noArgs } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile, kubeconfigPath } from './client.ts'
import { uploadCerts } from './copy-certs.ts'
import { DryRunClient, wouldWrite } from './dry-run.ts'
import { phase } from './errors.ts'
import { loadCert, readText } from './files.ts'
import * as f from './flags.ts'
import { group } from './group.ts'
import { pullImages } from './images.ts'
import { CERT_PHASES, phaseName, runCertPhase } from './phase-certs.ts'
import {
  addonCoreDns,
  addonKubeProxy,
  bootstrapToken,
  grantAdmins,
  markControlPlane,
  uploadKubeadm,
  uploadKubelet,
} from './phase-cluster.ts'
import { kubeconfigDefinition, kubeletFinalize, kubeletStart, writeKubeconfig, writeManifest } from './phase-files.ts'
import { initChecks, runChecks } from './preflight.ts'
import { initSettings, runRng, type Settings } from './settings.ts'
import { caHash } from './token.ts'
import { waitForComponents, waitForKubelet } from './waits.ts'

const COMMON = [f.config, f.dryRun]
const NETWORK = [f.advertiseAddress, f.bindPort, f.endpoint, f.kubernetesVersion]
const CERTS = [...COMMON, f.certDir, ...NETWORK, f.extraSans, f.serviceCidr, f.dnsDomain, f.nodeName]
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

/** The client of a phase; in a dry run it is made of the kubeconfig file that the run itself wrote. */
function admin(p: Process, flags: Flags, { dry }: Settings): Client {
  if (dry) {
    readText(p, `${dry}/admin.conf`)
    return new DryRunClient(p, clientFromFile(p, `${dry}/admin.conf`).config)
  }
  return clientFromFile(p, kubeconfigPath(p, flags.has('kubeconfig') ? flags.string('kubeconfig') : ADMIN_CONF))
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
    phaseCommand('certs', { use: 'all', short: 'Generate all certificates', flags: CERTS }, now(allCerts)),
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

function allCerts(p: Process, settings: Settings): void {
  p.stdout.write(`[certs] Using certificateDir folder "${settings.dry ?? settings.cluster.certificatesDir}"\n`)
  for (const d of CERT_PHASES) runCertPhase(p, settings, d)
}

const dirOf = (flags: Flags): string =>
  flags.has('kubeconfig-dir') ? flags.string('kubeconfig-dir') : '/etc/kubernetes'

function allKubeconfigs(p: Process, settings: Settings, flags: Flags): void {
  p.stdout.write(`[kubeconfig] Using kubeconfig folder "${settings.dry ?? dirOf(flags)}"\n`)
  for (const d of KUBECONFIGS) writeKubeconfig(p, settings, d, dirOf(flags))
}

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
      now(allKubeconfigs),
    ),
    ...Object.entries(KUBECONFIG_TEXTS).map(([name, short]) =>
      phaseCommand(
        `kubeconfig/${name}`,
        { use: name, short, flags: KUBECONFIG },
        now((p, settings, flags) => writeKubeconfig(p, settings, kubeconfigDefinition(`${name}.conf`), dirOf(flags))),
      ),
    ),
  ],
})

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

export function allComponents(p: Process, settings: Settings): void {
  p.stdout.write(`[control-plane] Using manifest folder "${settings.dry ?? MANIFESTS_DIR}"\n`)
  for (const component of COMPONENTS) writeManifest(p, settings, component)
}

const controlPlanePhase = group({
  use: 'control-plane',
  short: 'Generate all static Pod manifest files necessary to establish the control plane',
  commands: [
    phaseCommand(
      'control-plane',
      { use: 'all', short: 'Generate all static Pod manifest files', flags: ALL_COMPONENTS },
      now(allComponents),
    ),
    ...COMPONENTS.map((component) => {
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

function localEtcd(p: Process, settings: Settings): void {
  const { dry, cluster } = settings
  if (dry) p.stdout.write(`[etcd] Would ensure that "${cluster.etcdDataDir}" directory is present\n`)
  else if (!p.fs.exists(cluster.etcdDataDir)) p.fs.mkdir(cluster.etcdDataDir, { parents: true, mode: 0o700 })
  p.stdout.write(`[etcd] Creating static Pod manifest for local etcd in "${dry ?? MANIFESTS_DIR}"\n`)
  writeManifest(p, settings, 'etcd')
  if (dry) wouldWrite(p, `${MANIFESTS_DIR}/etcd.yaml`, readText(p, `${dry}/etcd.yaml`))
}

const clusterPhase = (
  name: string,
  use: string,
  short: string,
  body: (p: Process, client: Client, settings: Settings) => Coro<unknown>,
  flagsOf: readonly FlagSpec[] = CLUSTER,
): Command =>
  phaseCommand(name, { use, short, flags: flagsOf }, function* (p, settings, flags) {
    yield* body(p, admin(p, flags, settings), settings)
  })

function* uploadAll(p: Process, client: Client, settings: Settings): Coro<void> {
  yield* uploadKubeadm(p, client, settings)
  yield* uploadKubelet(p, client, settings)
}

function* addons(p: Process, client: Client, settings: Settings): Coro<void> {
  yield* addonCoreDns(p, client, settings)
  yield* addonKubeProxy(p, client, settings)
}

const phases = group({
  use: 'phase',
  short: 'Use this command to invoke single phase of the "init" workflow',
  commands: [
    phaseCommand(
      'preflight',
      { use: 'preflight', short: 'Run pre-flight checks', flags: [...COMMON, f.ignorePreflight, f.criSocket] },
      preflight,
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
          now(localEtcd),
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
      (p, settings) => waitControlPlane(p, settings),
    ),
    group({
      use: 'upload-config',
      short: 'Upload the kubeadm and kubelet configuration to a ConfigMap',
      commands: [
        clusterPhase('upload-config', 'all', 'Upload all configuration to a config map', uploadAll),
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
        yield* uploadCertificates(p, admin(p, flags, settings), settings, flags)
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
        clusterPhase('addon', 'all', 'Install all the addons', addons, ADDON),
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

function* preflight(p: Process, settings: Settings, flags: Flags): Coro<void> {
  const ignored = flags.strings('ignore-preflight-errors')
  p.stdout.write('[preflight] Running pre-flight checks\n')
  yield* runChecks(p, initChecks(settings), ignored)
  if (settings.dry) p.stdout.write("[preflight] Would pull the required images (like 'kubeadm config images pull')\n")
  else yield* pullImages(p, settings, ignored)
}

/** Waits for the kubelet and then for the three components, as long as kubeadm does. */
function* waitControlPlane(p: Process, { node }: Settings): Coro<void> {
  p.stdout.write(
    '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"\n',
  )
  yield* waitForKubelet(p)
  yield* waitForComponents(p, node, '/etc/kubernetes/super-admin.conf')
}

/** Phases of the workflow in its order, as --skip-phases names them. */
function* initialise(p: Process, flags: Flags): Coro<number> {
  const settings = yield* initSettings(p, flags)
  const { cluster, dry } = settings
  const skipped = flags.strings('skip-phases')
  const run = function* <T>(name: string, body: () => Coro<T>): Coro<T | undefined> {
    if (skipped.some((one) => one === name || name.startsWith(`${one}/`))) return undefined
    return yield* phase(name, body)
  }
  const step = (body: (p: Process, settings: Settings, flags: Flags) => void) => () => now(body)(p, settings, flags)
  p.stdout.write(`[init] Using Kubernetes version: ${cluster.kubernetesVersion}\n`)
  yield* run('preflight', () => preflight(p, settings, flags))
  yield* run('certs', step(allCerts))
  yield* run('kubeconfig', step(allKubeconfigs))
  yield* run('etcd/local', step(localEtcd))
  yield* run('control-plane', step(allComponents))
  yield* run('kubelet-start', () => kubeletStart(p, settings))
  yield* run('wait-control-plane', () => (dry ? step(printFiles)() : waitControlPlane(p, settings)))
  if (!dry) yield* grantAdmins(clientFromFile(p, '/etc/kubernetes/super-admin.conf'))
  const client = admin(p, flags, settings)
  yield* run('upload-config', () => uploadAll(p, client, settings))
  const key = yield* run('upload-certs', () => uploadCertificates(p, client, settings, flags))
  yield* run('mark-control-plane', () => markControlPlane(p, client, settings))
  const token = yield* run('bootstrap-token', () => bootstrapToken(p, client, settings))
  yield* run('kubelet-finalize', () => kubeletFinalize(p, settings))
  yield* run('addon', () => addons(p, client, settings))
  if (dry) p.stdout.write('[dryrun] Finished dry-running successfully. Above are the resources that would be created\n')
  else p.stdout.write(success(p, settings, client, token ?? '', key ?? ''))
  return 0
}

/** What a dry run of init shows instead of waiting: the manifests and the kubelet's files. */
function printFiles(p: Process, { dry }: Settings): void {
  const dir = dry!
  p.stdout.write(
    `[dryrun] Wrote certificates, kubeconfig files and control plane manifests to the ${JSON.stringify(dir)} directory\n[dryrun] The certificates or kubeconfig files would not be printed due to their sensitive nature\n[dryrun] Please examine the ${JSON.stringify(dir)} directory for details about what would be written\n`,
  )
  for (const component of COMPONENTS)
    wouldWrite(p, `${MANIFESTS_DIR}/${component}.yaml`, readText(p, `${dir}/${component}.yaml`))
  for (const name of ['config.yaml', 'kubeadm-flags.env'])
    wouldWrite(p, `/var/lib/kubelet/${name}`, readText(p, `${dir}/${name}`))
}

/** The certificates of the control plane in a Secret, so that others can join; only with --upload-certs. */
function* uploadCertificates(p: Process, client: Client, settings: Settings, flags: Flags): Coro<string> {
  if (!flags.bool('upload-certs')) {
    p.stdout.write('[upload-certs] Skipping phase. Please see --upload-certs\n')
    return ''
  }
  return yield* uploadCerts(p, client, settings, flags.string('certificate-key'))
}

/** `key`: with which joining control planes open the uploaded certificates; empty when there are none. */
function success(p: Process, { cluster }: Settings, client: Client, token: string, key: string): string {
  const server = client.config.server.replace('https://', '')
  const hash = caHash(loadCert(p, `${cluster.certificatesDir}/ca`).pem)
  return `
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config

Alternatively, if you are the root user, you can run:

  export KUBECONFIG=/etc/kubernetes/admin.conf

You should now deploy a pod network to the cluster.
Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

${
  cluster.controlPlaneEndpoint
    ? `${
        key
          ? 'You can now join any number of control-plane nodes running the following command on each as root:'
          : `You can now join any number of control-plane nodes by copying certificate authorities
and service account keys on each node and then running the following as root:`
      }

  kubeadm join ${server} --token ${token} \\
	--discovery-token-ca-cert-hash ${hash} \\
	--control-plane ${key ? `--certificate-key ${key}` : ''}

${
  key
    ? `Please note that the certificate-key gives access to cluster sensitive data, keep it secret!
As a safeguard, uploaded-certs will be deleted in two hours; If necessary, you can use
"kubeadm init phase upload-certs --upload-certs" to reload certs afterward.

`
    : ''
}`
    : ''
}Then you can join any number of worker nodes by running the following on each as root:

kubeadm join ${server} --token ${token} \\
	--discovery-token-ca-cert-hash ${hash} 
`
}

/** `kubeadm init` and its phases. */
export const init = command({
  use: 'init',
  short: 'Run this command in order to set up the Kubernetes control plane',
  args: noArgs,
  flags: [
    ...CERTS,
    f.criSocket,
    f.ignorePreflight,
    f.imageRepository,
    f.podCidr,
    f.certificateKey,
    {
      name: 'feature-gates',
      type: 'string',
      usage: 'A set of key=value pairs that describe feature gates for various features.',
    },
    {
      name: 'patches',
      type: 'string',
      usage: 'Path to a directory that contains files named "target[suffix][+patchtype].extension".',
    },
    { name: 'skip-phases', type: 'stringSlice', usage: 'List of phases to be skipped' },
    {
      name: 'skip-token-print',
      type: 'bool',
      usage: "Skip printing of the default bootstrap token generated by 'kubeadm init'.",
    },
    {
      name: 'token',
      type: 'string',
      usage:
        'The token to use for establishing bidirectional trust between nodes and control-plane nodes. The format is [a-z0-9]{6}\\.[a-z0-9]{16} - e.g. abcdef.0123456789abcdef',
    },
    {
      name: 'token-ttl',
      type: 'duration',
      default: 86_400_000,
      usage:
        "The duration before the token is automatically deleted (e.g. 1s, 2m, 3h). If set to '0', the token will never expire",
    },
    f.uploadCerts,
  ],
  run: ({ p, flags }) => initialise(p, flags),
  commands: [phases],
})
