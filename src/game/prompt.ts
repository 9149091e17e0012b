/** The machine whose shell shows this prompt; undefined for a line that goes on. */
export const hostOfPrompt = (prompt: string): string | undefined => /@([a-z0-9.-]+):/.exec(prompt)?.[1]
