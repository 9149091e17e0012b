export { BARE, type ClusterPlan, clusterNames, clusterPlan, customPlan } from './presets.ts'
export { createWorld, World } from './world.ts'
