// Everything that a world needs. Loaded when the first mission is opened: the menu does not wait for the simulator.
export { createWorld, type World } from '../cluster/index.ts'
export { Mission, PlaySession } from '../game/index.ts'
export { Stage, scenarioOfTask } from '../scenario/index.ts'
export { findScenario, findTask, workloads } from '../serve/scenarios.ts'
export { machines } from './machines.ts'
