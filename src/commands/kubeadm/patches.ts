import { parse } from 'yaml'
import { JsonPatchError, jsonPatch } from '../../api/patch/json-patch.ts'
import { mergePatch } from '../../api/patch/merge.ts'
import { strategicMerge } from '../../api/patch/strategic.ts'
import { StatusError } from '../../api/types.ts'
import { type Inode, type Process, SysError } from '../../host/index.ts'
import { builtinKinds, decode, jsonType, modelSchema, type ObjectSchema } from '../../kinds/index.ts'
import { goYamlError, toGoJson } from '../../print/index.ts'
import { errorText, KubeadmError } from './errors.ts'
import { readText } from './files.ts'

/** What can be patched. */
type Target = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | Configuration
type Configuration = 'kubeletconfiguration' | 'corednsdeployment'

const TARGETS: readonly Target[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubeletconfiguration',
  'corednsdeployment',
]

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

const NAME = new RegExp(`^(${TARGETS.join('|')})([^.+\\n]*)?(\\+)?(${Object.keys(TYPES).join('|')})?`)

/** The patches of one file. */
interface PatchSet {
  readonly target: string
  readonly type: string
  readonly patches: readonly unknown[]
}

/** A type whose lists are replaced and of whose fields nothing is known: KubeletConfiguration has no merge keys. */
const PLAIN: ObjectSchema = {
  type: 'object',
  model: 'KubeletConfiguration',
  name: 'KubeletConfiguration',
  goPackage: 'v1beta1',
  atomic: false,
  fields: new Map(),
}

const schemaOf = (target: Target): ObjectSchema =>
  target === 'kubeletconfiguration' ? PLAIN : modelSchema(target === 'corednsdeployment' ? 'V1Deployment' : 'V1Pod')!

/** Documents of a file: YAML's separators, with nothing or a comment behind them. */
function documents(text: string): unknown[] {
  return text
    .split(/^---[ \t]*(?:#.*)?$/m)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const problem = goYamlError(part)
      if (problem) throw new KubeadmError(`could not convert patch to JSON:\n${part}\n: ${problem}`)
      return parse(part)
    })
}

/** Files below a directory, name by name, as filepath.Walk meets them. */
function* filesBelow(p: Process, dir: string): Generator<readonly [path: string, node: Inode]> {
  for (const [name, node] of p.fs.readdir(dir, p.cwd, p.creds)) {
    const path = `${dir.replace(/\/$/, '')}/${name}`
    if (node.kind === 'dir') yield* filesBelow(p, path)
    else yield [path, node]
  }
}

/** --patches: the patches of a directory, read when the first target asks for them (util/patches/patches.go). */
export class Patches {
  private sets: readonly PatchSet[] | undefined

  constructor(
    private readonly p: Process,
    private readonly dir: string,
  ) {}

  /** The object with all patches of its target; each is told of, unless `quiet`. Throws KubeadmError. */
  apply(target: Target, object: any, quiet = false): any {
    this.sets ??= this.read()
    let patched = object
    for (const { type, patches } of this.sets.filter((set) => set.target === target))
      for (const patch of patches) {
        patched = this.one(target, type, patched, patch)
        if (!quiet) this.say(`Applied patch of type ${JSON.stringify(type)} to target ${JSON.stringify(target)}`)
      }
    return patched
  }

  /** A static pod with its patches, without what no pod has. */
  applyToPod(target: Target, pod: any): any {
    const patched = this.apply(target, pod)
    const problem = typeProblem(patched)
    const { value, error } = problem ? { value: undefined, error: problem } : decode(patched, schemaOf(target))
    if (error)
      throw new KubeadmError(
        `failed to unmarshal patched manifest: failed to decode ${toGoJson(patched)} into runtime.Object: ${error}`,
      )
    // Of another kind the patched object is left aside, and nobody is told.
    return patched.kind === 'Pod' ? { ...value, status: value.status ?? {} } : pod
  }

  private one(target: Target, type: string, object: any, patch: any): any {
    try {
      if (type === TYPES.json) return operations(object, patch)
      if (type === TYPES.merge) {
        if (typeof patch !== 'object' || patch === null) throw new KubeadmError('Invalid JSON Patch')
        return mergePatch(object, patch)
      }
      if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
        throw new KubeadmError('invalid JSON document')
      return strategicMerge(object, patch, schemaOf(target))
    } catch (error) {
      if (!(error instanceof JsonPatchError || error instanceof StatusError || error instanceof KubeadmError))
        throw error
      throw new KubeadmError(
        `could not apply the following patch of type ${JSON.stringify(type)} to target ${JSON.stringify(target)}:\n${toGoJson(patch)}\n: ${error.message}`,
      )
    }
  }

  private say(text: string): void {
    this.p.stdout.write(`[patches] ${text}\n`)
  }

  private read(): PatchSet[] {
    this.say(`Reading patches from path ${JSON.stringify(this.dir)}`)
    const sets: PatchSet[] = []
    const found: string[] = []
    const ignored: string[] = []
    const ignore = (name: string, why: string): void => {
      this.say(why)
      ignored.push(name)
    }
    try {
      this.checkDirectory()
      for (const [path] of filesBelow(this.p, this.dir)) {
        const name = path.slice(path.lastIndexOf('/') + 1)
        const parts = NAME.exec(name)
        if (!/.+\.(json|yaml)$/.test(name))
          ignore(name, `Ignoring file ${JSON.stringify(name)}: the file extension must be one of [json yaml]`)
        else if (!parts)
          ignore(name, `Ignoring file ${JSON.stringify(name)}: unknown target, must be one of [${TARGETS.join(' ')}]`)
        else if (parts[3] && !parts[4])
          throw new KubeadmError("unknown or missing patch type after '+', must be one of [json merge strategic]")
        else {
          const text = this.text(path)
          if (text === '') ignore(name, `Ignoring empty file: ${JSON.stringify(name)}`)
          else {
            sets.push({ target: parts[1], type: TYPES[parts[4] ?? 'strategic'], patches: documents(text) })
            found.push(name)
          }
        }
      }
    } catch (error) {
      if (!(error instanceof KubeadmError || error instanceof SysError)) throw error
      throw new KubeadmError(`could not list patch files for path ${JSON.stringify(this.dir)}: ${errorText(error)}`)
    }
    if (found.length > 0) this.say(`Found the following patch files: [${found.join(' ')}]`)
    if (ignored.length > 0) this.say(`Ignored the following files: [${ignored.join(' ')}]`)
    return sets
  }

  private checkDirectory(): void {
    const { p, dir } = this
    let node: Inode
    try {
      node = p.fs.lresolve(dir, p.cwd, p.creds)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      throw new KubeadmError(error.goMessage.replace(/^\w+ /, 'lstat '))
    }
    const name = dir.replace(/\/+$/, '').replace(/^.*\//, '') || '/'
    if (node.kind !== 'dir') throw new KubeadmError(`getPatchSetsFromPath ${name}: not a directory`)
  }

  private text(path: string): string {
    try {
      return readText(this.p, path)
    } catch (error) {
      throw new KubeadmError(`could not read the file ${JSON.stringify(path)}: ${errorText(error)}`)
    }
  }
}

const META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** What the universal decoder says of an object whose type it does not know. */
function typeProblem(object: any): string | undefined {
  if (Array.isArray(object))
    return `couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type ${META}`
  const { apiVersion, kind } = object
  if (!kind) return `Object 'Kind' is missing in '${toGoJson(object)}'`
  if (!apiVersion) return `Object 'apiVersion' is missing in '${toGoJson(object)}'`
  if (builtinKinds.some((one) => one.apiVersion === apiVersion && one.kind === kind)) return undefined
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/client-go/kubernetes/scheme/register.go:82"`
}

/** jsonpatch.DecodePatch and Apply. */
function operations(object: any, patch: any): any {
  if (!Array.isArray(patch))
    throw new KubeadmError(`json: cannot unmarshal ${jsonType(patch)} into Go value of type jsonpatch.Patch`)
  const wrong = patch.find((one) => typeof one !== 'object' || one === null || Array.isArray(one))
  if (wrong !== undefined)
    throw new KubeadmError(`json: cannot unmarshal ${jsonType(wrong)} into Go value of type jsonpatch.Operation`)
  return jsonPatch(structuredClone(object), patch)
}
