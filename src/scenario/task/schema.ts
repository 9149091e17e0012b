import { z } from 'zod'
import { SKILLS } from '../curriculum.ts'
import { goal, hint, scenarioSchema, slug, text } from '../schema.ts'

const common = scenarioSchema.pick({
  version: true,
  id: true,
  title: true,
  difficulty: true,
  seed: true,
  cluster: true,
  variants: true,
  given: true,
  keep: true,
  solution: true,
  fixes: true,
  decoys: true,
  lessons: true,
})

/**
 * A task file, format version 1: something to do within minutes, for the drill and the exam. Unlike a mission it says
 * what is wanted rather than how it hurts, and each of its checks earns points of its own.
 */
export const taskSchema = common.extend({
  /** What it trains. The skill's domain is the task's. */
  skill: z.enum(SKILLS),
  /** Time that a fluent person needs; a reflex may take half a minute. */
  minutes: z.number().min(0.5).max(30),
  /** A reflex: typed at speed, nothing to find out. */
  reflex: z.boolean().default(false),
  given: common.shape.given.default([]),
  /** What is to be done. */
  ask: text,
  /** Each is unmet at the start; `points` is its share of the task's worth. */
  goals: z
    .array(goal.extend({ points: z.number().int().min(1).max(10).default(1) }))
    .min(1)
    .max(8),
  hints: z.array(hint).max(5).default([]),
  settle: scenarioSchema.shape.settle.default('10s'),
  /** How it is done and why, told afterwards. */
  explain: text,
  /** Reference pages that help. */
  docs: z.array(slug).max(5).default([]),
})

/** A task's file as its author wrote it. */
export type TaskSource = z.output<typeof taskSchema>
