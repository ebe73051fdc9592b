import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../src/core/printable.ts';
import { exposition, inSeconds } from '../../src/report/exposition.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { anyText, runs } from '../support/hostile-result.ts';

it('the text of metrics has the help, the type and the samples of each family', async () => {
  expect(
    await exposition(
      [
        {
          name: 'a_total',
          type: 'counter',
          help: 'How often',
          samples: [
            { labels: { kind: 'x' }, value: 1 },
            { labels: { kind: 'y' }, value: 2.5 },
          ],
        },
        { name: 'b', type: 'gauge', help: 'How much', samples: [{ value: 0 }] },
      ],
      { target: 't' },
    ),
  ).toBe(
    [
      '# HELP a_total How often',
      '# TYPE a_total counter',
      'a_total{target="t",kind="x"} 1',
      'a_total{target="t",kind="y"} 2.5',
      '# HELP b How much',
      '# TYPE b gauge',
      'b{target="t"} 0',
      '',
    ].join('\n'),
  );
});

it('the text of metrics says nothing of what was not measured', async () => {
  expect(await exposition([{ name: 'a', type: 'gauge', help: 'h', samples: [{ value: null }] }])).toBe('');
});

it('the text of metrics writes every number so that it is read back, and leaves out what is no number', async () => {
  const given = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 1e-7, 0.1, -3];
  const samples = given.map((value, index) => ({ labels: { index: String(index) }, value }));
  const page = readExposition(await exposition([{ name: 'a', type: 'gauge', help: 'h', samples }]));
  expect(page.samples.map(({ value }) => value)).toEqual(given.filter((value) => !Number.isNaN(value)));
});

it('the text of metrics escapes what would end a label or begin a line', async () => {
  const samples = [{ labels: { text: '"} 1\nb 2\\' }, value: 1 }];
  expect(await exposition([{ name: 'a', type: 'gauge', help: 'one\ntwo \\', samples }], { target: '\\n"' })).toBe(
    [
      String.raw`# HELP a one\ntwo \\`,
      '# TYPE a gauge',
      String.raw`a{target="\\n\"",text="\"} 1\\u000ab 2\\"} 1`,
      '',
    ].join('\n'),
  );
});

it('the text of metrics gives any text back as a label, with what is hidden shown', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (text, help) => {
      const samples = [{ labels: { text }, value: 1 }];
      const page = readExposition(
        await exposition([{ name: 'a', type: 'gauge', help: printable(`h${help}`), samples }], { target: help }),
      );
      expect(page.samples).toEqual([
        { name: 'a', labels: { target: printable(help, 500), text: printable(text, 500) }, value: 1 },
      ]);
    }),
    runs,
  );
});

it('the text of metrics has a series once that is given twice, with its last value', async () => {
  const samples = [1, 2].map((value) => ({ labels: { x: '1' }, value }));
  expect(readExposition(await exposition([{ name: 'a', type: 'gauge', help: 'h', samples }])).samples).toEqual([
    { name: 'a', labels: { x: '1' }, value: 2 },
  ]);
});

it('the text of metrics refuses a family that stands twice', async () => {
  const family = { name: 'a', type: 'gauge', help: 'h', samples: [{ value: 1 }] } as const;
  await expect(exposition([family, family])).rejects.toThrow('name a has already been registered');
});

it.each(['', '1a', 'a b', 'a-b', 'ä'])(
  'the text of metrics refuses %j as a name of a metric or of a label',
  async (name) => {
    await expect(exposition([{ name, type: 'gauge', help: 'h', samples: [{ value: 1 }] }])).rejects.toThrow(
      name === '' ? 'Missing mandatory name' : 'Invalid metric name',
    );
    await expect(
      exposition([{ name: 'a', type: 'gauge', help: 'h', samples: [{ labels: { [name]: '' }, value: 1 }] }]),
    ).rejects.toThrow('Invalid label name');
  },
);

it('the text of metrics has seconds where we have milliseconds', () => {
  expect([31.4, 0.0004, 0, null, undefined].map(inSeconds)).toEqual([0.0314, 0, 0, null, null]);
});
