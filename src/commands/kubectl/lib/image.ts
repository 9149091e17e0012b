/** What github.com/distribution/reference takes for the name of an image: `host:port/path:tag@digest`. */
const REFERENCE =
  /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/

/** Whether a text can name an image. */
export const isImageName = (text: string): boolean => REFERENCE.test(text)
