import { compareReleases, semver, seriesOf } from '../../../programs/lib/releases.ts'

/** How many minor releases a kubelet may be behind the control plane. */
const KUBELET_SKEW = 3
const UPGRADE_SKEW = 1

/** Why a cluster may not be brought to a release; --force passes over the skippable reasons. */
interface SkewErrors {
  readonly mandatory: readonly string[]
  readonly skippable: readonly string[]
}

const minor = (version: string): number => semver(version)?.[1] ?? 0

/** upgrade.EnforceVersionPolicies: one minor release at a time, with a kubeadm of that release. */
export function skewErrors(
  target: string,
  now: { readonly cluster: string; readonly kubeadm: string; readonly kubelets: readonly string[] },
): SkewErrors {
  const mandatory: string[] = []
  const skippable: string[] = []
  const quoted = JSON.stringify(target)
  if (minor(target) > minor(now.cluster) + UPGRADE_SKEW)
    mandatory.push(
      `Specified version to upgrade to ${quoted} is too high; kubeadm can upgrade only ${UPGRADE_SKEW} minor version at a time`,
    )
  if (minor(target) < minor(now.cluster) - UPGRADE_SKEW)
    mandatory.push(
      `Specified version to downgrade to ${quoted} is too low; kubeadm can downgrade only ${UPGRADE_SKEW} minor version at a time`,
    )
  if (minor(target) > minor(now.kubeadm))
    mandatory.push(
      `Specified version to upgrade to ${quoted} is at least one minor release higher than the kubeadm minor release (${minor(target)} > ${minor(now.kubeadm)}). Such an upgrade is not supported`,
    )
  else if (compareReleases(now.kubeadm, target) < 0)
    skippable.push(
      `Specified version to upgrade to ${quoted} is higher than the kubeadm version ${JSON.stringify(now.kubeadm)}. Upgrade kubeadm first using the tool you used to install kubeadm`,
    )
  if (minor(now.kubeadm) > minor(target))
    skippable.push(
      `Kubeadm version ${now.kubeadm} can only be used to upgrade to Kubernetes version ${seriesOf(now.kubeadm)}`,
    )
  const old = [...new Set(now.kubelets)].filter((version) => minor(target) > minor(version) + KUBELET_SKEW)
  if (old.length > 0)
    skippable.push(`There are kubelets in this cluster that are too old that have these versions [${old.join(' ')}]`)
  return { mandatory, skippable }
}
