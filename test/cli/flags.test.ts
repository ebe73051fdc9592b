import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addFlags, flagValues } from '../../src/cli/flags.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { soakOptions } from '../../src/options/schema.ts';

function parse(...args: string[]): ReturnType<typeof flagValues> {
  const command = new Command('soak').exitOverride().configureOutput({ outputError: () => {} });
  addFlags(command, soakOptions);
  command.parse(args, { from: 'user' });
  return flagValues(command);
}

it('flags give nothing where nothing was typed, so that a scenario file is not overridden by defaults', () => {
  expect(parse()).toEqual({});
});

it('flags give the text that was typed, by the name of the flag', () => {
  expect(parse('--clients', '5', '--slow-rate=1KiB/s', '--seq', '/a/b')).toEqual({
    clients: '5',
    'slow-rate': '1KiB/s',
    seq: '/a/b',
  });
});

it('flags collect what is repeated, also values that look like flags', () => {
  expect(
    parse('--header', 'A: b', '--header', 'C: d', '--server-arg=--rate=5/s', '--server-arg', '--retry=1s'),
  ).toEqual({
    header: ['A: b', 'C: d'],
    'server-arg': ['--rate=5/s', '--retry=1s'],
  });
});

it('flags take several values with commas where no value has one, and one value where it may have some', () => {
  const plan = loadSoakPlan({
    flags: parse(
      '--ignore',
      'idle-cut, event-lost',
      '--ignore',
      'no-events',
      '--fault=naive,crash',
      '--header',
      'A: b, c',
    ),
  });
  expect(plan.ignore).toEqual(['idle-cut', 'event-lost', 'no-events']);
  expect(plan.faults).toEqual(['naive', 'crash']);
  expect(plan.headers).toEqual([['A', 'b, c']]);
});

it.each([
  ['idle-cut,', /^--ignore: "" is not a finding; --list findings/],
  ['idle-cut,evnt-lost', /^--ignore: "evnt-lost" is not known; did you mean "event-lost"\?$/],
])('flags refuse --ignore %s and quote the value that is wrong', (text, why) => {
  expect(() => loadSoakPlan({ flags: parse('--ignore', text) })).toThrow(why);
});

it('flags take the last of two where one is possible', () => {
  expect(parse('--clients', '5', '--clients', '6')).toEqual({ clients: '6' });
});

it('flags are switches without a value, --no-color too', () => {
  expect(parse('--json', '--no-color', '--quiet')).toEqual({ json: true, 'no-color': true, quiet: true });
  expect(loadSoakPlan({ flags: parse('--no-color') }).noColor).toBe(true);
  expect(loadSoakPlan({ flags: parse() }).noColor).toBe(false);
});

it("flags have curl's letters, alone, together and with their value behind them", () => {
  expect(parse('-H', 'A: b', '-HC: d', '-XPUT', '-d', '-h', '-kN')).toEqual({
    header: ['A: b', 'C: d'],
    method: 'PUT',
    body: '-h',
    insecure: true,
    'no-buffer': true,
  });
});

it('flags keep an empty value and a negative one for the table to refuse', () => {
  expect(parse('--url', '', '--ramp', '-5s')).toEqual({ url: [''], ramp: '-5s' });
});
