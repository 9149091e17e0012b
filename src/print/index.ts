export {
  type CustomColumn,
  CustomColumnsPrinter,
  parseCustomColumns,
  parseCustomColumnsFile,
} from './custom-columns.ts'
export { age, goDuration, humanDuration, parseGoDuration, shortHumanDuration, until } from './duration.ts'
export { goSort } from './go-sort.ts'
export { compareBytes, formatFloat, formatGo, formatNumber, goQuote } from './go-value.ts'
export { type JsonStyle, jsonString, toGoJson, toKubectlJson } from './json.ts'
export { goSyntax, JsonPath, type JsonPathOptions, jsonPathFailure } from './jsonpath.ts'
export { JsonPathError, parseJsonPath, relaxedJsonPath } from './jsonpath-parse.ts'
export { toKyaml } from './kyaml.ts'
export {
  canonicalQuantity,
  parseQuantity,
  QUANTITY_ERRORS,
  Quantity,
  QuantityError,
  type QuantityFormat,
  quantityOf,
  retainedQuantity,
} from './quantity.ts'
export { SortFieldError, sortByField } from './sort-by.ts'
export {
  escapeTerminal,
  formatLabels,
  printTable,
  type Table,
  type TableColumn,
  type TableOptions,
  TablePrinter,
  type TableRow,
} from './table.ts'
export { DESCRIBE, KUBECTL_TABLE, type TabOptions, TabWriter, tabulate } from './tabwriter.ts'
export { GoTemplate, type TemplateOptions } from './template.ts'
export { base64Bytes } from './template-funcs.ts'
export { TemplateError } from './template-lex.ts'
export { toYaml } from './yaml.ts'
export { goYamlError } from './yaml-check.ts'
export { readWritten, writeYaml } from './yaml-files.ts'
