import { age, columns, containerCells, containerColumns } from '../columns.ts'
import type { Kind } from '../kind.ts'

/** The table of replica sets and replication controllers, whose selectors have different forms. */
export const replicaTable = (selectorText: (selector: any) => string): Pick<Kind, 'columns' | 'cells'> => ({
  columns: columns('Name', 'Desired#', 'Current#', 'Ready#', 'Age', ...containerColumns, '+Selector'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.replicas ?? 0,
    obj.status?.replicas ?? 0,
    obj.status?.readyReplicas ?? 0,
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    selectorText(obj.spec?.selector),
  ],
})
