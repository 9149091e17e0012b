import type { Provenance } from './provenance.ts'

/** managedFields after all steps of a provenance. */
export const foldProvenance = (provenance: Provenance): readonly any[] => provenance.base
