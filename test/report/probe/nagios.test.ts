import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/probe/result.ts';
import { nagiosUnknown, probeNagios } from '../../../src/report/probe/nagios.ts';
import { anyText, hostileResult, runs } from '../../support/hostile-result.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

const SOUND: ProbeResult = {
  ...PROBE_RESULT,
  status: 'ok',
  thresholds: [],
  checks: PROBE_RESULT.checks.filter(({ status }) => status === 'pass'),
};
// The grammar of the guidelines: 'label'=value[UOM];[warn];[crit];[min];[max]
const FIGURE = /^[a-z_]+=-?\d+(\.\d+)?(s|B)?;(@?[\d.]*:?[\d.]*)?;(@?[\d.]*:?[\d.]*)?;0$/;

function parts(text: string): { said: string; figures: string[] } {
  expect(text.endsWith('\n')).toBe(true);
  const [said = '', figures = '', ...rest] = text.slice(0, -1).split(' | ');
  expect(rest).toEqual([]);
  return { said, figures: figures.split(' ') };
}

it('a probe as a monitoring plugin says it says of a sound stream what came', () => {
  expect(parts(probeNagios(SOUND)).said).toBe('SSE OK: 8 events, first after 1s, longest silence 12s');
});

it('a probe as a monitoring plugin says it names the worst trouble and counts the others', () => {
  const { said } = parts(probeNagios({ ...PROBE_RESULT, status: 'critical' }));
  expect(said).toBe('SSE CRITICAL: resume: after coming back with Last-Event-ID 3 ev... (and 7 more)');
});

it('a probe as a monitoring plugin says it names a broken threshold by its metric, since its limit stands among the figures', () => {
  const { said } = parts(probeNagios({ ...SOUND, status: 'warning', thresholds: PROBE_RESULT.thresholds }));
  expect(said).toBe('SSE WARNING: firstEvent: measured 1s');
});

it('a probe as a monitoring plugin says it makes nothing of a check that does not count', () => {
  const ignore = PROBE_RESULT.checks.filter(({ status }) => status === 'warn').map(({ id }) => id);
  const { said } = parts(probeNagios({ ...PROBE_RESULT, thresholds: [] }, ignore));
  expect(said).toBe('SSE WARNING: resume: after coming back with Last-Event-ID 3 events were lost');
  expect(parts(probeNagios({ ...PROBE_RESULT, status: 'ok', thresholds: [] }, [...ignore, 'resume'])).said).toMatch(
    /^SSE OK: 8 events/,
  );
});

it('a probe as a monitoring plugin says it has figures in seconds and bytes, as the guidelines want them', () => {
  expect(parts(probeNagios(SOUND)).figures).toEqual([
    'time=20.0042s;;;0',
    'dns=0.0041s;;;0',
    'connect=0.0117s;;;0',
    'tls=0.0249s;;;0',
    'headers=0.0314s;;;0',
    'first_byte=0.0319s;;;0',
    'first_event=1.0326s;;;0',
    'max_silence=12.0034s;;;0',
    'events=8;;;0',
    'bytes=1184B;;;0',
  ]);
});

it('a probe as a monitoring plugin says it adds what only a threshold asks for', () => {
  const thresholds: ProbeResult['thresholds'] = [
    { expression: 'tls.left>14d', level: 'warn', actual: 9 * 86_400_000, unit: 'ms', status: 'fail' },
    { expression: 'tls.left>2d', level: 'crit', actual: 9 * 86_400_000, unit: 'ms', status: 'pass' },
    { expression: 'events.rate>=0.5/s', level: 'warn', actual: 0.4, unit: 'perSecond', status: 'fail' },
    { expression: 'heartbeat.jitter<1s', level: 'warn', actual: null, unit: 'ms', status: 'no-data' },
  ];
  expect(parts(probeNagios({ ...SOUND, thresholds })).figures.slice(-2)).toEqual([
    'tls_left=777600s;1209600:;172800:;0',
    'events_rate=0.4;0.5:;;0',
  ]);
});

it('a probe as a monitoring plugin says it leaves out what was not measured', () => {
  const unreachable: ProbeResult = {
    ...SOUND,
    status: 'critical',
    protocol: null,
    timingsMs: { dns: null, connect: null, tls: null, headers: null, firstByte: null, firstEvent: null },
  };
  expect(parts(probeNagios(unreachable)).figures.map((figure) => figure.split('=')[0])).toEqual(['time']);
});

it.each([
  ['firstEvent<500ms', '0.5'],
  ['firstEvent<=1.5s', '1.5'],
  ['firstEvent>10ms', '0.01:'],
  ['firstEvent>=1s', '1:'],
  ['firstEvent==1s', '1:1'],
  ['firstEvent!=1s', '@1:1'],
])('a probe as a monitoring plugin says it shows the threshold %s as the range %s', (expression, range) => {
  const thresholds = [{ expression, level: 'warn', actual: 1032.6, unit: 'ms', status: 'fail' }] as const;
  expect(parts(probeNagios({ ...SOUND, thresholds })).figures).toContain(`first_event=1.0326s;${range};;0`);
  const crit = thresholds.map((threshold) => ({ ...threshold, level: 'crit' as const }));
  expect(parts(probeNagios({ ...SOUND, thresholds: crit })).figures).toContain(`first_event=1.0326s;;${range};0`);
});

it('a probe as a monitoring plugin says it stays one line below 80 columns, with figures that can be read and nothing that a shell takes', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { said, figures } = parts(probeNagios(hostileResult(text)));
      expect(said.length).toBeLessThan(80);
      expect(said).toMatch(/^SSE WARNING: [^|`~$&'"<>\\\n\r\t\0]*$/);
      for (const figure of figures) expect(figure).toMatch(FIGURE);
    }),
    runs,
  );
});

it('a probe as a monitoring plugin says it says on stdout when it could not probe at all', () => {
  expect(nagiosUnknown('--duration: "5" has no unit; add ms, s, m or h')).toBe(
    'SSE UNKNOWN: --duration: _5_ has no unit; add ms, s, m or h\n',
  );
});
