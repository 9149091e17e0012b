import { PlainError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'

/** Objects of a kustomization directory. */
export function buildKustomization(_k: Kube, _dir: string): any[] {
  throw new PlainError('kubectl: kustomize not simulated', 127)
}
