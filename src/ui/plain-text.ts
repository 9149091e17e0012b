const CONTROL =
  /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b.?|[\u0000-\u0007\u000b-\u001f\u007f-\u009f]/g

/** Text without anything that drives a terminal; newline, tab and backspace stay. */
export const plain = (text: string): string => text.replace(CONTROL, '')

/** One line of plain text from somewhere that we do not control: file names, messages, what was typed. */
export const printable = (text: string): string => plain(text).replace(/[\u0008-\u000a\s]+/g, ' ')
