import { JsonPath } from '../print/index.ts'

/** Values that a kubectl JSONPath such as `.spec.replicas` finds in an object; none when the path does not exist. */
export function jsonPathValues(object: unknown, path: string): unknown[] {
  return new JsonPath(`{${path}}`, { allowMissingKeys: true }).find(object).flat()
}
