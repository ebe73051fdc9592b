import { expect } from 'vitest';
import { INTERMEDIARIES } from '../../../src/findings/intermediaries.ts';
import { intermediaries } from '../../../src/probe/checks/intermediaries.ts';
import { judges } from '../../support/check-table.ts';
import type { Course } from '../../support/observations.ts';

const IDLE = INTERMEDIARIES.filter(({ kind }) => kind === 'idle');
const SHORTEST_MS = Math.min(...IDLE.flatMap(({ limitMs, alsoMs = [] }) => [limitMs, ...alsoMs]));
/** Every 15 s or so, as the standard advises: what is silent for longer is warned of. */
const COMMON_MS = 15_500;
/** Watched for less, the longest silence says nothing. */
const LEAST_WATCHED_MS = 5000;

/** A stream that says nothing until we leave it. */
function silent(forMs: number): Course {
  return { says: [], end: { cause: 'closed-by-us', ageMs: forMs } };
}

judges(intermediaries, [
  [
    'passes a sound stream, and says how often to send a heartbeat',
    {},
    {
      status: 'pass',
      title: `survives all ${IDLE.length} idle timeouts`,
      evidence: { wouldCut: [], idleLimits: IDLE.length, recommendedHeartbeatMs: SHORTEST_MS * 0.8 },
      advises: false,
    },
  ],
  [
    'skips a stream that we left before its silence could be known',
    { main: silent(LEAST_WATCHED_MS - 1) },
    { status: 'skip', title: 'watched for 5s only' },
  ],
  [
    'judges a stream that ended by itself as early',
    { main: { end: { cause: 'eof-clean', ageMs: LEAST_WATCHED_MS - 1 } } },
    { status: 'pass' },
  ],
  [
    'passes a silence just below the shortest limit',
    {
      main: {
        ...silent(20_000),
        says: [0, 1, 2, 3, 4, 5].map((at) => [at * (SHORTEST_MS - 1), ': x\n\n']),
        end: { cause: 'closed-by-us', ageMs: 5 * (SHORTEST_MS - 1) },
      },
    },
    { status: 'pass', evidence: { wouldCut: [] } },
  ],
  [
    'advises when only the shortest limits would cut',
    { main: silent(SHORTEST_MS) },
    { status: 'pass', title: 'Akamai 5s', evidence: { wouldCut: ['Akamai'] }, advises: true },
  ],
  [
    'only advises of a silence that is as long as is common',
    { main: silent(COMMON_MS) },
    { status: 'pass', advises: true },
  ],
  [
    'warns of a silence that is longer',
    { main: silent(COMMON_MS + 1) },
    { status: 'warn', title: 'a silence of at least 15.5s would be cut by' },
  ],
  [
    'names four of many limits, with an ellipsis for the rest',
    { main: silent(400_000) },
    {
      status: 'warn',
      title: `would be cut by ${IDLE.length} of ${IDLE.length} idle timeouts: nginx 1m, ingress-nginx 1m, Apache httpd 1m, HAProxy 50s …`,
    },
  ],
  [
    'does not count the layer that has just cut among those that survive',
    { main: { says: [], end: { cause: 'eof-truncated', ageMs: 59_980 } } },
    { status: 'warn', title: 'a silence of at least 1m', evidence: { wouldCut: expect.arrayContaining(['nginx']) } },
  ],
  [
    'knows nothing of longer limits where a cut ended the silence',
    { main: { says: [], end: { cause: 'eof-truncated', ageMs: 3000 } } },
    { status: 'skip', title: 'a silence of at least 3s, not ended by a byte', evidence: { wouldCut: [] } },
  ],
  [
    'takes the silence between two heartbeats for known though the stream was left just before one',
    { main: { says: [0, 1, 2].map((at) => [at * 4000, ': x\n\n']), end: { cause: 'closed-by-us', ageMs: 12_100 } } },
    { status: 'pass', title: 'a silence of 4.1s survives all', evidence: { isAtLeast: false } },
  ],
]);
