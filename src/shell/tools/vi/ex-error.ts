/** What vim refuses, in its words. */
export class ExError extends Error {}
