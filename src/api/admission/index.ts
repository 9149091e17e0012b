import type { AdmissionPlugin } from './plugin.ts'

const PLUGINS: readonly AdmissionPlugin[] = []

/** The plug-ins of these names that are simulated, in the order of the names. */
export const admissionPlugins = (names: readonly string[]): AdmissionPlugin[] =>
  names.flatMap((name) => PLUGINS.filter((plugin) => plugin.name === name))
