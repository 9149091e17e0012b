import type { Process } from '../../../host/index.ts'
import { MANIFESTS_DIR, manifest } from '../../../programs/kubeadm/index.ts'
import { semver } from '../../../programs/lib/releases.ts'
import { unifiedDiff } from '../../../shell/text/diff.ts'
import { clientFromFile } from '../client.ts'
import { errorText, KubeadmError } from '../errors.ts'
import { readText } from '../files.ts'
import { fetchSettings } from '../settings.ts'
import type { Run } from '../tree.ts'
import { upgradeConfiguration } from './common.ts'
import { CONTROL_PLANE, manifestPath } from './components.ts'

/** validateManifestsPath. */
function checkManifests(p: Process): void {
  for (const component of CONTROL_PLANE) {
    const path = manifestPath(component)
    const file = p.fs.find(path)
    if (!file)
      throw new KubeadmError(
        `the manifest file ${JSON.stringify(path)} does not exist: stat ${path}: no such file or directory`,
      )
    if (file.kind === 'dir') throw new KubeadmError(`${JSON.stringify(path)} is a directory`)
  }
}

/** version.ParseSemantic. */
function semantic(version: string): string {
  if (!semver(version)) throw new KubeadmError(`could not parse ${JSON.stringify(version)} as version`)
  return version
}

/** The texts as difflib compares them: the last line's newline begins one more, empty line. */
const lines = (text: string): string => `${text}\n`

/** `kubeadm upgrade diff`: what the static pods' manifests would become. */
export const diff: Run = function* ({ p, flags, args }) {
  checkManifests(p)
  const configuration = upgradeConfiguration(p, flags)
  const path = flags.string('kubeconfig')
  let client: ReturnType<typeof clientFromFile>
  try {
    client = clientFromFile(p, path)
  } catch (error) {
    throw new KubeadmError(`couldn't create a Kubernetes client from file ${JSON.stringify(path)}: ${errorText(error)}`)
  }
  const { cluster, node } = yield* fetchSettings(p, client, 'upgrade/diff')
  const wanted = args.length === 1 ? args[0] : (configuration.diff?.kubernetesVersion ?? cluster.kubernetesVersion)
  const target = { ...cluster, kubernetesVersion: semantic(wanted) }
  // The flag's own default is never looked at: without a word of the file there is no context.
  const context = flags.changed('context-lines') ? flags.int('context-lines') : (configuration.diff?.contextLines ?? 0)
  // The real one goes through them in the order of a map, which is another each time.
  for (const component of CONTROL_PLANE) {
    const file = `${MANIFESTS_DIR}/${component}.yaml`
    const hunks = unifiedDiff(lines(readText(p, file)), lines(manifest(component, target, node)), { context })
    if (hunks) p.stdout.write(`--- ${file}\n+++ new manifest\n${hunks}`)
  }
  return 0
}
