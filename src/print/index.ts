export { CustomColumnsPrinter, parseCustomColumns, parseCustomColumnsFile } from './custom-columns.ts'
export { age, goDuration, humanDuration, parseGoDuration, shortHumanDuration } from './duration.ts'
export { goScalars, unsupportedNumber } from './go-scalars.ts'
export { goSort } from './go-sort.ts'
export { compareBytes, formatGo, goQuote, goUnquote } from './go-value.ts'
export { toGoJson, toKubectlJson } from './json.ts'
export { JsonPath, jsonPathFailure } from './jsonpath.ts'
export { JsonPathError, relaxedJsonPath } from './jsonpath-parse.ts'
export { toKyaml } from './kyaml.ts'
export {
  canonicalQuantity,
  parseQuantity,
  QUANTITY_ERRORS,
  Quantity,
  QuantityError,
  quantityOf,
  retainedQuantity,
} from './quantity.ts'
export { SortFieldError, sortByField } from './sort-by.ts'
export { formatLabels, TablePrinter } from './table.ts'
export { DESCRIBE, KUBECTL_TABLE, TabWriter, tabulate } from './tabwriter.ts'
export { GoTemplate } from './template.ts'
export { base64Bytes } from './template-funcs.ts'
export { TemplateError } from './template-lex.ts'
export { toYaml } from './yaml.ts'
export { goYamlError } from './yaml-check.ts'
export { readWritten, writeYaml } from './yaml-files.ts'
export { type Zone, zoneByName, zoneInDatabase } from './zone.ts'
