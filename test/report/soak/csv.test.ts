import { expect, it } from 'vitest';
import { soakCsv } from '../../../src/report/soak/csv.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import { soakResult, soundRecord } from '../../support/run-record.ts';

it('the CSV report has a line for each second, and empty cells for what was not measured', () => {
  const series = [
    { tMs: 0, clients: 0, events: 0, latencyP50Ms: 0, latencyP99Ms: 0, rssBytes: null, drops: 0, evictions: 0 },
    { tMs: 1000, clients: 9, events: 7, latencyP50Ms: 1.5, latencyP99Ms: 20, rssBytes: 5e7, drops: 1, evictions: 2 },
  ];
  expect(soakCsv(soakReport(soakResult({ ...soundRecord(), series })))).toBe(
    'tMs,clients,events,latencyP50Ms,latencyP99Ms,rssBytes,drops,evictions\r\n' +
      '0,0,0,,,,0,0\r\n' +
      '1000,9,7,1.5,20,50000000,1,2\r\n',
  );
});
