/** Colours for texts that people read: passed in, so that a file or a pipe gets none. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  doubt(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

/** No colours. */
export const PLAIN: Paint = { good: same, bad: same, doubt: same, dim: same, bold: same };

function same(text: string): string {
  return text;
}
