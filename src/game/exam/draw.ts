import { Rng } from '../../kernel/index.ts'
import { CURRICULUM, type Curriculum } from '../../scenario/curriculum.ts'
import { share } from './share.ts'

/** Something that an exam can ask: a short task, or a mission that is not too long. */
export interface Candidate {
  readonly id: string
  readonly kind: 'task' | 'mission'
  readonly domain: string
  /** What it trains; a mission is a skill of its own. */
  readonly skill: string
  /** Time that a fluent person needs. */
  readonly minutes: number
}

/** One of the exam's tasks. */
export interface DrawnTask extends Candidate {
  /** Chooses the variant, and is its cluster's seed. */
  readonly seed: number
  /** The name under which its machine is reached from `base`. */
  readonly host: string
  /** Per cent of the exam. */
  readonly worth: number
}

/** Part of the exam's minutes that all tasks together should take at least. The middle between that and all is aimed at. */
const LEAST = 5 / 6
const SWAPS = 60
/** Minutes that any task takes besides. */
const OVERHEAD = 5
const SEEDS = 1_000_000

/**
 * Draws an exam. Tasks come from each domain by its weight; none trains the same skill as another while there is
 * another skill left in its domain; all together take about as long as there is time. The same seed draws the same.
 */
export function draw(pool: readonly Candidate[], seed: number, curriculum: Curriculum = CURRICULUM): DrawnTask[] {
  const rng = new Rng(`exam/${seed}`)
  const sorted = [...pool].sort((a, b) => (a.id < b.id ? -1 : 1))
  const domains = Object.entries(curriculum.domains).map(([id, { weight }]) => ({
    weight,
    ranked: inTurns(
      sorted.filter((c) => c.domain === id),
      rng.fork(`domain/${id}`),
    ),
  }))
  const [least, most] = curriculum.exam.tasks
  const limits = domains.map(({ ranked }) => ranked.length)
  const { minutes } = curriculum.exam
  const aim = (minutes * (LEAST + 1)) / 2
  const chosen = (count: number): Candidate[][] =>
    share(
      count,
      domains.map((d) => d.weight),
      limits,
    ).map((n, i) => fitted(domains[i].ranked.slice(0, n), domains[i].ranked.slice(n), (aim * domains[i].weight) / 100))
  const sizes = shuffled(
    Array.from({ length: most - least + 1 }, (_, i) => least + i),
    rng.fork('count'),
  )
  const drawn = sizes.map(chosen).sort((a, b) => misfit(a.flat(), minutes) - misfit(b.flat(), minutes))[0]
  const worths = share(
    100,
    drawn.map((tasks, i) => (tasks.length > 0 ? domains[i].weight : 0)),
  )
  // Where hardly anything but one domain is left, its weight is not enough for its tasks.
  const groups = drawn.every((of, i) => of.length <= worths[i])
    ? drawn.map((of, i) => ({ of, worth: worths[i] }))
    : [{ of: drawn.flat(), worth: 100 }]
  const tasks = groups.flatMap(({ of, worth: all }) => worthsOf(of, all).map((worth, at) => ({ ...of[at], worth })))
  const hosts = hostNames(tasks.length, rng.fork('hosts'))
  const seeds = rng.fork('seeds')
  return shuffled(tasks, rng.fork('order')).map((task, i) => ({ ...task, seed: seeds.int(SEEDS), host: hosts[i] }))
}

/** By turns of the skills, each turn and each skill in an order of its own: any beginning of the list is balanced. */
function inTurns(pool: readonly Candidate[], rng: Rng): Candidate[] {
  const skills = shuffled([...new Set(pool.map((c) => c.skill))], rng)
  const stacks = skills.map((skill) =>
    shuffled(
      pool.filter((c) => c.skill === skill),
      rng,
    ),
  )
  const turns = Math.max(0, ...stacks.map((s) => s.length))
  return Array.from({ length: turns }, (_, turn) =>
    shuffled(
      stacks.flatMap((s) => s[turn] ?? []),
      rng,
    ),
  ).flat()
}

/** How far from the time that there is. */
const misfit = (tasks: readonly Candidate[], minutes: number): number => {
  const sum = minutesOf(tasks)
  return Math.max(0, minutes * LEAST - sum, sum - minutes)
}

const minutesOf = (tasks: readonly Candidate[]): number => tasks.reduce((sum, c) => sum + c.minutes, 0)

/**
 * Swaps tasks for others of the domain until they take about `aim` minutes, the domain's share of the time. No skill comes more often
 * by that than the one that went.
 */
function fitted(first: readonly Candidate[], others: readonly Candidate[], aim: number): Candidate[] {
  const tasks = [...first]
  const rest = [...others]
  const uses = (skill: string): number => tasks.filter((c) => c.skill === skill).length
  for (let n = 0; n < SWAPS; n++) {
    const off = minutesOf(tasks) - aim
    let best = { gain: 0, out: -1, in: -1 }
    for (const [i, going] of tasks.entries())
      for (const [j, coming] of rest.entries()) {
        if (coming.skill !== going.skill && uses(coming.skill) >= uses(going.skill)) continue
        const gain = Math.abs(off) - Math.abs(off + coming.minutes - going.minutes)
        if (gain > best.gain) best = { gain, out: i, in: j }
      }
    if (best.gain <= 0) break
    const going = tasks[best.out]
    tasks[best.out] = rest[best.in]
    rest[best.in] = going
  }
  return tasks
}

/** What each task of a domain is worth: by the time that it takes with reading it and going there; at least one per cent. */
function worthsOf(tasks: readonly Candidate[], total: number): number[] {
  const extra = share(
    Math.max(0, total - tasks.length),
    tasks.map((c) => c.minutes + OVERHEAD),
  )
  return extra.map((n) => n + 1)
}

/** Different host names that say nothing of what is asked there. */
function hostNames(count: number, rng: Rng): string[] {
  const names = new Set<string>()
  while (names.size < count) names.add(`exam${rng.between(1000, 9999)}`)
  return [...names]
}

function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = rng.int(i + 1)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
