/**
 * The document around a report: a page that runs no script and no style but its own.
 *
 * Every text goes through `markup` (html-text.ts). Should one be forgotten, the policy of the page forbids what it could
 * do: no script and no style but those whose hashes stand there, and no request to anywhere else.
 */
import { createHash } from 'node:crypto';
import { htmlJson, Markup, markup } from '../../html-text.ts';
import type { PageAssets } from './assets.ts';
import type { ChartSet } from './chart-model.ts';

export interface PageContent {
  title: string;
  body: Markup;
  charts: ChartSet;
}

/** A tag with a template in which this stands would be bundled with a helper that nobody installs. */
const SCRIPT_END = new Markup('</script>');

/** @param asksItsServer the script may ask the server that the page came from, and nobody else */
export function htmlDocument(
  { title, body, charts }: PageContent,
  { script, style }: PageAssets,
  asksItsServer = false,
): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hashOf(script)}'`,
    `style-src 'sha256-${hashOf(style)}'`,
    ...(asksItsServer ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
<script type="application/json" id="chart-set">${htmlJson(charts)}${SCRIPT_END}
<script>${new Markup(script)}${SCRIPT_END}
</body>
</html>
`.html;
}

/** Hashes and sources have no character that is anything in an attribute but the quotes, which stay as they are. */
function policyAttribute(policy: string): Markup {
  return new Markup(policy);
}

/** The hash of exactly what stands between the tags. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
