import type { Comparison } from '../../compare/comparison.ts';
import { jsonText } from '../json-text.ts';

/** The formats of a comparison that are for programs and pages; each is a pure function of it. */
export const COMPARE_FORMATS = {
  json: (comparison: Comparison): string => `${jsonText(comparison, null, 2)}\n`,
  markdown: async (comparison: Comparison): Promise<string> =>
    (await import('./markdown.ts')).compareMarkdown(comparison),
  html: async (comparison: Comparison): Promise<string> => (await import('./html.ts')).compareHtml(comparison),
} as const;
