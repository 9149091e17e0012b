import { z } from 'zod'

/** What is kept of a player between games. */
export const progressSchema = z.strictObject({
  version: z.literal(1),
  missions: z.record(
    z.string(),
    z.strictObject({
      solved: z.number().int().min(0),
      bestPoints: z.number().int().min(0).max(100),
      bestSeconds: z.number().int().min(0),
      attempts: z.number().int().min(0),
    }),
  ),
})
export type Progress = z.infer<typeof progressSchema>

export const noProgress = (): Progress => ({ version: 1, missions: {} })

/** Progress with one more attempt at a mission. */
export function withAttempt(
  progress: Progress,
  id: string,
  result: { points: number; seconds: number } | undefined,
): Progress {
  const old = progress.missions[id] ?? { solved: 0, bestPoints: 0, bestSeconds: 0, attempts: 0 }
  const better =
    result !== undefined &&
    (old.solved === 0 ||
      result.points > old.bestPoints ||
      (result.points === old.bestPoints && result.seconds < old.bestSeconds))
  return {
    ...progress,
    missions: {
      ...progress.missions,
      [id]: {
        solved: old.solved + (result ? 1 : 0),
        attempts: old.attempts + 1,
        bestPoints: better ? result.points : old.bestPoints,
        bestSeconds: better ? result.seconds : old.bestSeconds,
      },
    },
  }
}

export const settingsSchema = z.strictObject({
  version: z.literal(1),
  language: z.enum(['auto', 'en', 'fr']).default('auto'),
  theme: z.enum(['dark', 'light', 'mono']).default('dark'),
  /** Virtual seconds a real second. */
  speed: z.union([z.literal(1), z.literal(2), z.literal(5), z.literal(10)]).default(1),
  screenReader: z.boolean().default(false),
})
export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings = (): Settings => ({
  version: 1,
  language: 'auto',
  theme: 'dark',
  speed: 1,
  screenReader: false,
})

/** One input of a log, as it is stored: a line of JSON. */
export const inputSchema = z.union([
  z.strictObject({
    at: z.number(),
    key: z.strictObject({
      name: z.string().max(20),
      text: z.string().max(100_000).optional(),
      ctrl: z.boolean().optional(),
      alt: z.boolean().optional(),
      shift: z.boolean().optional(),
    }),
  }),
  z.strictObject({
    at: z.number(),
    size: z.tuple([z.number().int().min(1).max(1000), z.number().int().min(1).max(1000)]),
  }),
  z.strictObject({ at: z.number(), check: z.literal(true) }),
  z.strictObject({ at: z.number(), hint: z.literal(true) }),
  z.strictObject({ at: z.number(), time: z.literal(true) }),
])
