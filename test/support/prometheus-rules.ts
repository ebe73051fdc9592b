/** Alert rules as Prometheus reads them, and what `promtool` says of them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { found } from './real-servers/found.ts';

export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface RuleGroup {
  name: string;
  rules: AlertRule[];
}

export const promtool = found('promtool');

/** @param command such as `check rules`. @param file its content, which is written as YAML. @returns what it said, and how it ended */
export function runPromtool(command: readonly string[], content: unknown): { code: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-rules-'));
  try {
    const file = join(folder, 'rules.yml');
    writeFileSync(file, stringify(content));
    const { status, stdout, stderr } = spawnSync('found' in promtool ? promtool.found : '', [...command, file], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { code: status, said: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NAME = /\b(?:probe|sse_probe|sse_soak|process)_[a-z_]+/g;
const SELECTOR = /\b((?:probe|sse_probe|sse_soak|process)_[a-z_]+)\{([^}]*)\}/g;
const MATCHER = /([a-z_]+)(=~|=|!~|!=)"([^"]*)"/g;

export function metricNames(expression: string): string[] {
  return [...new Set(expression.match(NAME) ?? [])];
}

export interface Matcher {
  metric: string;
  label: string;
  operator: string;
  value: string;
}

export function matchersOf(expression: string): Matcher[] {
  return [...expression.matchAll(SELECTOR)].flatMap(([, metric = '', inside = '']) =>
    [...inside.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => ({
      metric,
      label,
      operator,
      value,
    })),
  );
}
