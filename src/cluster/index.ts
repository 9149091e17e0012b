export { BARE, type ClusterPlan, clusterNames, clusterPlan, customPlan, type HostPlan } from './presets.ts'
export { createWorld, EPOCH, World, type WorldOptions } from './world.ts'
