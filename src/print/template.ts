import { compareBytes, goQuote } from './go-value.ts'
import { FUNCTION_NAMES, FUNCTIONS, NO_VALUE, sprint, truth } from './template-funcs.ts'
import { TemplateError } from './template-lex.ts'
import {
  type CommandNode,
  type Operand,
  type Pipe,
  parseTemplate,
  type Template,
  type TemplateNode,
} from './template-parse.ts'

type Flow = 'break' | 'continue' | undefined

const isMap = (v: unknown): v is Record<string, unknown> => v !== null && typeof v === 'object' && !Array.isArray(v)

interface TemplateOptions {
  /** A missing key is an error (`--allow-missing-template-keys=false`). */
  readonly missingKeyError?: boolean
}

/** Go's text/template over decoded JSON, as `-o go-template` runs it. */
export class GoTemplate {
  private readonly template: Template

  /** Throws TemplateError when the source does not parse. */
  constructor(
    source: string,
    private readonly options: TemplateOptions = {},
    name = 'output',
  ) {
    this.template = parseTemplate(name, source, FUNCTION_NAMES)
  }

  /** The output, and the error that ended it early. */
  execute(data: unknown): { text: string; error?: string } {
    const run = new Run(this.template, this.options)
    try {
      run.list(this.template.body, data)
    } catch (error) {
      if (error instanceof TemplateError) return { text: run.out.join(''), error: error.message }
      throw error
    }
    return { text: run.out.join('') }
  }
}

class Run {
  readonly out: string[] = []
  private readonly scope: { name: string; value: unknown }[] = []

  constructor(
    private readonly template: Template,
    private readonly options: TemplateOptions,
  ) {}

  private fail(at: { pos: number; text: string }, message: string): never {
    const before = this.template.source.slice(0, at.pos)
    const line = before.split('\n').length
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf('\n') + 1)).length
    const shown = at.text.length > 20 ? `${at.text.slice(0, 20)}...` : at.text
    const { name } = this.template
    throw new TemplateError(`template: ${name}:${line}:${column}: executing ${goQuote(name)} at <${shown}>: ${message}`)
  }

  list(nodes: readonly TemplateNode[], dot: unknown): Flow {
    if (this.scope.length === 0) this.scope.push({ name: '$', value: dot })
    for (const node of nodes) {
      const flow = this.node(node, dot)
      if (flow) return flow
    }
    return undefined
  }

  private node(node: TemplateNode, dot: unknown): Flow {
    switch (node.type) {
      case 'text':
        this.out.push(node.text)
        return undefined
      case 'action': {
        const value = this.pipe(node.pipe, dot)
        if (node.pipe.variables.length === 0) this.out.push(value === null ? '<no value>' : sprint(value))
        return undefined
      }
      case 'break':
      case 'continue':
        return node.type
      case 'template': {
        const body = this.template.defined.get(node.name)
        const at = { pos: node.pos, text: `{{template ${goQuote(node.name)}}}` }
        if (!body) return this.fail(at, `template ${goQuote(node.name)} not defined`)
        const value = node.pipe ? this.pipe(node.pipe, dot) : NO_VALUE
        const saved = this.scope.splice(0)
        this.list(body, value)
        this.scope.splice(0, this.scope.length, ...saved)
        return undefined
      }
      default: {
        const mark = this.scope.length
        const flow = node.type === 'range' ? this.range(node, dot) : this.choose(node, dot)
        this.scope.length = mark
        return flow
      }
    }
  }

  private choose(node: Extract<TemplateNode, { body: unknown }>, dot: unknown): Flow {
    const value = this.pipe(node.pipe, dot)
    if (truth(value)) return this.list(node.body, node.type === 'with' ? value : dot)
    return this.list(node.otherwise, dot)
  }

  private range(node: Extract<TemplateNode, { body: unknown }>, dot: unknown): Flow {
    const value = this.pipe({ ...node.pipe, variables: [] }, dot)
    const entries = this.entries(value, node.pipe)
    if (entries.length === 0) return this.list(node.otherwise, dot)
    const mark = this.scope.length
    for (const [key, item] of entries) {
      const names = node.pipe.variables
      if (names.length === 1) this.bind(names[0], item, node.pipe.assign)
      else if (names.length === 2) {
        this.bind(names[0], key, node.pipe.assign)
        this.bind(names[1], item, node.pipe.assign)
      }
      const flow = this.list(node.body, item)
      this.scope.length = mark
      if (flow === 'break') break
    }
    return undefined
  }

  private entries(value: unknown, pipe: Pipe): [unknown, unknown][] {
    if (value === NO_VALUE || value === null || value === undefined) return []
    if (Array.isArray(value)) return value.map((item, i) => [i, item])
    if (isMap(value))
      return Object.keys(value)
        .filter((key) => value[key] !== undefined)
        .sort(compareBytes)
        .map((key) => [key, value[key]])
    if (typeof value === 'number' && Number.isInteger(value))
      return Array.from({ length: Math.max(0, value) }, (_, i) => [i, i])
    return this.fail(pipe, `range can't iterate over ${sprint(value)}`)
  }

  private bind(name: string, value: unknown, assign: boolean): void {
    if (!assign) {
      this.scope.push({ name, value })
      return
    }
    const slot = this.scope.findLast((s) => s.name === name)
    if (slot) slot.value = value
  }

  private pipe(pipe: Pipe, dot: unknown): unknown {
    let value: unknown
    pipe.commands.forEach((command, i) => {
      value = this.command(command, dot, i > 0 ? [value] : [])
    })
    for (const name of pipe.variables) this.bind(name, value, pipe.assign)
    return value
  }

  private command(command: CommandNode, dot: unknown, final: unknown[]): unknown {
    const [first, ...rest] = command.args
    if (first.type === 'function') return this.call(first.name, command, rest, dot, final)
    if (rest.length > 0 || final.length > 0) {
      if (first.type === 'field') this.fail(first, `${first.path.at(-1)} is not a method but has arguments`)
      if (first.type === 'variable' && first.path.length > 0)
        this.fail(first, `${first.path.at(-1)} is not a method but has arguments`)
      this.fail(first, `can't give argument to non-function ${first.text}`)
    }
    if (first.type === 'nil') this.fail(first, 'nil is not a command')
    return this.operand(first, dot)
  }

  private call(name: string, command: CommandNode, args: readonly Operand[], dot: unknown, final: unknown[]): unknown {
    if (name === 'and' || name === 'or') {
      let value: unknown
      for (const arg of args) {
        value = this.operand(arg, dot)
        if (truth(value) === (name === 'or')) return value
      }
      return final.length > 0 ? final[0] : value
    }
    const values = [...args.map((arg) => this.operand(arg, dot)), ...final]
    const fn = FUNCTIONS[name]
    if (!fn) return this.fail(command, `error calling ${name}: not simulated`)
    try {
      return fn(values)
    } catch (error) {
      if (error instanceof TemplateError || !(error instanceof Error)) throw error
      if (error.message.startsWith('!')) return this.fail({ pos: command.pos, text: name }, error.message.slice(1))
      return this.fail(command, `error calling ${name}: ${error.message}`)
    }
  }

  private operand(operand: Operand, dot: unknown): unknown {
    switch (operand.type) {
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'literal':
        return operand.value
      case 'field':
        return this.path(dot, operand.path, operand)
      case 'variable':
        return this.path(this.scope.findLast((s) => s.name === operand.name)?.value, operand.path, operand)
      case 'pipe':
        return this.path(this.pipe(operand.pipe, dot), operand.path, operand)
      case 'function':
        return this.call(operand.name, { args: [operand], pos: operand.pos, text: operand.text }, [], dot, [])
    }
  }

  private path(start: unknown, path: readonly string[], at: { pos: number; text: string }): unknown {
    let value = start
    for (const name of path) {
      if (value === NO_VALUE || value === undefined) {
        if (this.options.missingKeyError) return this.fail(at, `nil data; no entry for key ${goQuote(name)}`)
        value = NO_VALUE
      } else if (value === null) return this.fail(at, `nil pointer evaluating interface {}.${name}`)
      else if (isMap(value)) {
        const found = Object.hasOwn(value, name) && value[name] !== undefined
        if (!found && this.options.missingKeyError) return this.fail(at, `map has no entry for key ${goQuote(name)}`)
        value = found ? value[name] : NO_VALUE
      } else return this.fail(at, `can't evaluate field ${name} in type ${interfaceType(value)}`)
    }
    return value
  }
}

/** Items of lists and maps are interface{} to Go until it looks inside. */
const interfaceType = (_value: unknown): string => 'interface {}'
