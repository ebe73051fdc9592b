import { expect, it } from 'vitest';
import { CAUSES } from '../../../src/core/causes.ts';
import { soakCsv } from '../../../src/report/soak/csv.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import { second, soakResult, soundRecord } from '../../support/run-record.ts';

it('the CSV report has a line for each second, and empty cells for what was not measured', () => {
  const causes = Object.keys(CAUSES);
  const series = [
    second(0, { clients: 0, events: 0, rssBytes: null, serverClients: null }),
    second(1000, { clients: 9, events: 7, drops: 1, dropsByCause: { 'eof-clean': 1 }, evictions: 2, reconnects: 3 }),
  ];
  expect(soakCsv(soakReport(soakResult({ ...soundRecord(), series })))).toBe(
    'tMs,clients,events,latencyP50Ms,latencyP99Ms,rssBytes,drops,evictions,latencyP90Ms,latencyMaxMs,reconnects,refused,' +
      'heartbeats,heartbeatMeanMs,heartbeatMaxMs,loadDelayMs,serverClients,serverBlocked,queuedBytes,heapUsedBytes,' +
      `openHealthy,openSlow,openStalled,openVanished,openAbrupt,openResuming,connecting,waiting,${causes.map((cause) => `drops.${cause}`).join(',')}\r\n` +
      `0,0,0,,,,0,0,,,0,0,4,2000,2003,1.5,,0,0,10000000,0,0,0,0,0,0,10,0,${causes.map(() => 0).join(',')}\r\n` +
      `1000,9,7,0.4,1.25,62000000,1,2,0.9,2.5,3,0,4,2000,2003,1.5,9,0,0,10000000,7,1,1,0,0,0,1,0,${causes.map((cause) => (cause === 'eof-clean' ? 1 : 0)).join(',')}\r\n`,
  );
});
