import type { DrawnTask } from '../../game/exam/draw.ts'
import type { Text } from '../../scenario/language.ts'
import type { Scenario } from '../../scenario/load.ts'

/** A task of an exam that is being sat, or was. */
type Asked = Pick<DrawnTask, 'id' | 'kind' | 'seed'>

/** Where texts come from; what is not loaded yet has none. */
interface Sources {
  /** Throws ContentError when it cannot be read any more. */
  open(task: Asked): Scenario | undefined
  titles(): ReadonlyMap<string, Text> | undefined
}

/** What tasks say, as long as it can be read. */
export class TaskTexts {
  private readonly known = new Map<string, Scenario | undefined>()

  constructor(private readonly from: Sources) {}

  of(task: Asked): Scenario | undefined {
    const key = `${task.id} ${task.seed}`
    if (this.known.has(key)) return this.known.get(key)
    let text: Scenario | undefined
    try {
      text = this.from.open(task)
      // It may only not be loaded yet.
      if (!text) return undefined
    } catch {
      // It is not asked for again at every frame.
    }
    this.known.set(key, text)
    return text
  }

  title({ id }: Pick<Asked, 'id'>): Text {
    return this.from.titles()?.get(id) ?? id
  }
}
