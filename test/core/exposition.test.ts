import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposition, inSeconds } from '../../src/core/exposition.ts';
import { printable } from '../../src/core/printable.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { anyText, runs } from '../support/hostile-result.ts';

describe('the text of metrics', () => {
  it('has the help, the type and the samples of each family', () => {
    expect(
      exposition(
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

  it('says nothing of what was not measured', () => {
    expect(exposition([{ name: 'a', type: 'gauge', help: 'h', samples: [{ value: null }] }])).toBe('');
  });

  it('writes the numbers that are none as Prometheus has them', () => {
    const samples = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 1e-7].map(
      (value, index) => ({ labels: { index: String(index) }, value }),
    );
    const values = readExposition(exposition([{ name: 'a', type: 'gauge', help: 'h', samples }])).samples.map(
      ({ value }) => value,
    );
    expect(values).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 1e-7]);
  });

  it('gives any text back as a label, with what is hidden shown', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, help) => {
        const page = readExposition(
          exposition([{ name: 'a', type: 'gauge', help: printable(help), samples: [{ labels: { text }, value: 1 }] }]),
        );
        expect(page.samples).toEqual([{ name: 'a', labels: { text: printable(text, 500) }, value: 1 }]);
      }),
      runs,
    );
  });

  it('refuses a series that stands twice', () => {
    const twice = {
      name: 'a',
      type: 'gauge',
      help: 'h',
      samples: [
        { labels: { x: '1' }, value: 1 },
        { labels: { x: '1' }, value: 2 },
      ],
    } as const;
    expect(() => exposition([twice])).toThrow('a{x="1"} twice');
  });

  it.each(['', '1a', 'a b', 'a-b', 'ä'])('refuses %j as a name of a metric or of a label', (name) => {
    expect(() => exposition([{ name, type: 'gauge', help: 'h', samples: [{ value: 1 }] }])).toThrow(
      'no name of a metric',
    );
    expect(() =>
      exposition([{ name: 'a', type: 'gauge', help: 'h', samples: [{ labels: { [name]: '' }, value: 1 }] }]),
    ).toThrow('no name of a label');
  });

  it('has seconds where we have milliseconds', () => {
    expect([31.4, 0.0004, 0, null, undefined].map(inSeconds)).toEqual([0.0314, 0, 0, null, null]);
  });
});
