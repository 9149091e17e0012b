import { StatusError } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import { deepEqual } from '../../kinds/index.ts'
import { goYamlError, toGoJson, toKubectlJson, toYaml } from '../../print/index.ts'
import { type Info, liveInfos } from './lib/builder.ts'
import { managerOf, withLastApplied } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import { decode } from './lib/decode.ts'
import type { Definition } from './lib/define.ts'
import { groupResource } from './lib/discovery.ts'
import { launchEditor, removeFile, temporaryFile, withoutComments } from './lib/editor.ts'
import { CliError, ExitError, isExpected, isNotFound, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { nameOf, printerFor, shownFields } from './lib/output.ts'
import { isEmptyPatch, twoWay } from './lib/patches.ts'
import { pages } from './pages/edit.ts'

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

interface Reason {
  readonly head: string
  readonly other: readonly string[]
}

/** What came of sending one edited file. */
interface Results {
  readonly reasons: Reason[]
  retryable: number
  notFound: number
}

/** Models kubectl/pkg/cmd/util/editor/editoptions.go in its normal mode. */
export const edit: Definition = {
  records: true,
  page: pages.edit,
  complete: typesAndNames,
  *run(k) {
    const output = k.flags.string('output')
    if (output !== '' && k.flags.bool('output-patch'))
      throw new CliError("the edit mode doesn't support output the patch")
    const { infos, errors } = yield* liveInfos(k, k.args, {
      allowAll: true,
      subresource: k.flags.string('subresource') || undefined,
    })
    throwAll(errors)
    if (infos.length === 0) throw new CliError('edit cancelled, no objects found')
    return yield* new Editing(k, infos).run()
  },
}

/** What a file says, whatever its comments and layout. */
const content = (text: string): string =>
  goYamlError(text) === undefined ? JSON.stringify(decode(text, '').map(({ object }) => object)) : withoutComments(text)

class Editing {
  private readonly json: boolean
  private reasons: readonly Reason[] = []
  private file = ''

  constructor(
    private readonly k: Kube,
    private readonly infos: readonly Info[],
  ) {
    this.json = k.flags.string('output') === 'json'
  }

  /** The object, or the list of all of them, as the editor shows it. */
  private serialize(): string {
    const objects = this.infos.map(({ object }) => shownFields(this.k, object))
    const shown = objects.length === 1 ? objects[0] : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} }
    return this.json ? toKubectlJson(shown) : toYaml(shown)
  }

  private header(): string {
    if (this.json) return ''
    // A line end at the very end stays without one.
    const hash = (text: string): string => text.replace(/\n(?!$)/g, '\n# ')
    const block = ({ head, other }: Reason): string =>
      `# ${hash(head)}${other.length > 0 ? ':' : ''}\n${other.map((o) => `# * ${hash(o)}\n`).join('')}#\n`
    return HEADER + this.reasons.map(block).join('')
  }

  *run(): Coro<number> {
    const { k } = this
    const plain = this.serialize()
    let edited = ''
    let failed = false
    for (;;) {
      const crlf = k.flags.bool('windows-line-endings')
      const text = this.header() + (failed ? withoutComments(edited) : plain)
      const shown = crlf ? text.replaceAll('\n', '\r\n') : text
      const before = edited
      const file = temporaryFile(k, 'kubectl-edit-', this.json ? '.json' : '.yaml', shown)
      try {
        yield* launchEditor(k, file)
      } catch (error) {
        throw this.preserve(error as Error)
      }
      edited = k.p.fs.readFile(file, '/', k.p.creds).replaceAll('\r\n', '\n')
      if (failed && content(before) === content(edited)) {
        if (this.file && this.file !== file) removeFile(k, this.file)
        this.file = file
        throw this.preserve(new CliError('Edit cancelled, no valid changes were saved.'))
      }
      if (this.file) removeFile(k, this.file)
      this.file = file
      if (content(plain) === content(edited)) return this.cancel('Edit cancelled, no changes made.')
      const objects = this.parse(edited)
      if (!objects) {
        failed = true
        continue
      }
      if (objects.length === 0) return this.cancel('Edit cancelled, saved file was empty.')
      const results: Results = { reasons: [], retryable: 0, notFound: 0 }
      yield* this.send(objects, results)
      if (results.retryable > 0) {
        k.err(`You can run \`kubectl replace -f ${file}\` to try this update again.\n`)
        throw new ExitError(1)
      }
      if (results.notFound > 0) {
        k.err(`The edits you made on deleted resources have been saved to "${file}"\n`)
        throw new ExitError(1)
      }
      this.reasons = results.reasons
      if (results.reasons.length === 0) {
        removeFile(k, file)
        return 0
      }
      failed = true
    }
  }

  private cancel(text: string): number {
    removeFile(this.k, this.file)
    this.k.err(`${text}\n`)
    return 0
  }

  private preserve(error: Error): Error {
    if (this.file && this.k.p.fs.exists(this.file))
      this.k.err(`A copy of your changes has been stored to "${this.file}"\n`)
    return error
  }

  /** The edited objects; undefined when the text cannot be read (which the next round explains). */
  private parse(text: string): any[] | undefined {
    let problem: string | undefined
    let objects: any[] = []
    try {
      objects = decode(withoutComments(text), 'edited-file').map(({ object }) => object)
      for (const object of objects) {
        const missing = [...(object.apiVersion ? [] : ['apiVersion not set']), ...(object.kind ? [] : ['kind not set'])]
        if (missing.length > 0) problem = missing.length > 1 ? `[${missing.join(', ')}]` : missing[0]
      }
      if (objects.length === 0) problem = 'unexpected object type'
    } catch (error) {
      if (!isExpected(error)) throw error
      problem = error.message.replace(/^.*error converting YAML to JSON: /, '')
    }
    const strange = problem === undefined && this.unknownKind(objects)
    if (strange) {
      this.reasons = [{ head: `The edited file had a syntax error: ${strange}`, other: [] }]
      return undefined
    }
    if (problem === undefined)
      return objects.flatMap((o) => (o.kind === 'List' && Array.isArray(o.items) ? o.items : [o]))
    this.k.err(`error: ${this.title(this.infos[0])} is invalid\n`)
    this.reasons = [
      {
        head: `${this.title(this.infos[0])} was not valid`,
        other: [`<nil>: Invalid value: "The edited file failed validation": ${problem}`],
      },
    ]
    return undefined
  }

  /** What a subresource shows of its own kind (a Scale) is no resource, so that nothing is known about it. */
  private unknownKind(objects: readonly any[]): string | undefined {
    if (!this.k.flags.string('subresource')) return undefined
    const strange = objects.find((o) => this.infos.every((info) => info.resource.kind !== o.kind))
    if (!strange) return undefined
    return `unable to recognize "edited-file": no matches for kind "${strange.kind}" in version "${strange.apiVersion}"`
  }

  private title(info: Info): string {
    return `${groupResource(info.resource)} "${info.name}"`
  }

  private *send(objects: readonly any[], results: Results): Coro<void> {
    const { k } = this
    for (const object of objects) {
      const info =
        this.infos.find((i) => i.name === object.metadata?.name && i.object.kind === object.kind) ??
        (this.infos.length === 1 ? this.infos[0] : undefined)
      if (!info) throw this.preserve(new CliError(`no original object found for ${nameOf(object)}`))
      const before = shownFields(k, info.object)
      if (object.metadata?.name !== info.name || object.kind !== before.kind || object.apiVersion !== before.apiVersion)
        throw this.preserve(new CliError('At least one of apiVersion, kind and name was changed'))
      if (deepEqual(before, object)) {
        yield* printerFor(k, { operation: 'skipped' }).print(info.object)
        continue
      }
      yield* this.patch(info, before, object, results)
    }
  }

  private *patch(info: Info, before: any, object: any, results: Results): Coro<void> {
    const { k } = this
    // What --save-config records includes the managedFields that the editor does not show.
    const { managedFields } = info.object.metadata
    const saved = (): any => withLastApplied({ ...object, metadata: { ...object.metadata, managedFields } })
    const after = k.flags.bool('save-config')
      ? { ...object, metadata: { ...object.metadata, annotations: saved().metadata.annotations } }
      : object
    const { type, patch } = twoWay(before, after)
    if (isEmptyPatch(patch)) return
    if (k.flags.bool('output-patch')) yield* k.out(`Patch: ${toGoJson(patch)}\n`)
    const client = yield* k.client()
    try {
      const answer = yield* client.patch(info.resource, info.namespace, info.name, type, patch, {
        fieldManager: managerOf(k, 'kubectl-edit'),
        fieldValidation: k.fieldValidation(),
        subresource: k.flags.string('subresource') || undefined,
      } as never)
      yield* printerFor(k, { operation: 'edited' }).print(answer)
    } catch (error) {
      if (!isExpected(error)) throw error
      k.err(`${this.failure(info, error, results)}\n`)
    }
  }

  private failure(info: Info, error: Error, results: Results): string {
    const title = this.title(info)
    if (error instanceof StatusError && error.reason === 'Invalid') {
      const causes: any[] = error.details?.causes ?? []
      results.reasons.push({
        head: `${title} was not valid`,
        other: causes.map((cause) => `${cause.field}: ${cause.message}`),
      })
      return `error: ${title} is invalid`
    }
    if (isNotFound(error)) {
      results.notFound++
      return `error: ${title} could not be found on the server`
    }
    results.retryable++
    return `error: ${title} could not be patched: ${error.message}`
  }
}
