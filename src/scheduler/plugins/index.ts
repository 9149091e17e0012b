import type { Plugin } from '../framework.ts'
import { interPodAffinity } from './affinity.ts'
import { dynamicResources } from './dynamic-resources.ts'
import { nodeAffinity, nodeName, nodeUnschedulable, taintToleration } from './node.ts'
import { balancedAllocation, imageLocality, nodePorts, resourcesFit } from './resources.ts'
import { podTopologySpread } from './spread.ts'
import { nodeVolumeLimits, volumeZone } from './volume-places.ts'
import { volumeBinding, volumeRestrictions } from './volumes.ts'

/** The default profile, in its filter order (apis/config/v1/default_plugins.go). */
export const defaultPlugins: readonly Plugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  resourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  dynamicResources,
  balancedAllocation,
  imageLocality,
]
