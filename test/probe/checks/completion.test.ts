import type { Cause } from '../../../src/core/causes.ts';
import { completion } from '../../../src/probe/checks/completion.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, HEAD_MS, pings, SOUND, tick, ticks } from '../../support/observations.ts';

function cut(cause: Cause, ageMs: number, detail = ''): Course {
  return { says: ticks(1), end: { cause, detail, ageMs } };
}

function lastWords(text: string): Course {
  return { says: [[1000, text]], end: { cause: 'eof-clean', ageMs: 2000 } };
}

/** The second client came a second later. */
function twinCut(cause: Cause, ageMs: number): Course {
  return { ...cut(cause, ageMs), headMs: HEAD_MS + 1000 };
}

/** Silent from its beginning until it was cut. */
function silentCut(ageMs: number, laterMs = 0): Course {
  return { says: [], headMs: HEAD_MS + laterMs, end: { cause: 'eof-truncated', ageMs } };
}

/** Spoke at these ages until it was cut. */
function spokeCut(agesMs: readonly number[], ageMs: number, laterMs = 0): Course {
  return { ...silentCut(ageMs, laterMs), says: pings(...agesMs) };
}

/** Bytes each second, and none in the last one, as a proxy shows that has stopped to pass them on. */
const SECONDS = Array.from({ length: 14 }, (_none, at) => (at + 1) * 1000);
const DROPPED = { finding: 'client-dropped' };
const CUT_AT_AGE = { finding: 'idle-cut', kind: 'absolute' };

judges(completion, [
  [
    'passes a stream that was open when the probe ended',
    {},
    { status: 'pass', title: 'still open when the probe ended, after 20s' },
  ],
  [
    'passes a stream that has not ended',
    { main: { end: null } },
    { status: 'pass', title: 'still open when the probe ended' },
  ],
  [
    'passes a stream that is complete, however it ended',
    { main: cut('eof-truncated', 3000), complete: true },
    { status: 'pass', title: 'complete after 3s', evidence: { cause: 'eof-truncated' } },
  ],
  [
    'passes a stream whose last data says that it is over',
    { main: lastWords('data: [DONE]\n\n') },
    { status: 'pass', title: 'ended by the server as announced, after 2s' },
  ],
  [
    'passes a stream whose last type says that it is over',
    { main: lastWords('event: message_stop\ndata: {}\n\n') },
    { status: 'pass', title: 'as announced' },
  ],
  [
    'does not take a word within the data for a last one',
    { main: lastWords('data: we are [DONE]\n\n') },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'does not believe a last word when the connection broke',
    { main: { says: [[1000, 'data: [DONE]\n\n']], end: { cause: 'reset', ageMs: 2000 } } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'does not believe a last word that was not the last',
    { main: lastWords(`data: [DONE]\n\n${tick(1)}`) },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'fails a text that was waited for and did not come',
    { plan: { until: { kind: 'text', text: '[DONE]\u001b[2J' } } },
    { status: 'fail', title: String.raw`the text "[DONE]\u001b[2J" did not arrive within 20s` },
  ],
  [
    'fails an event that was waited for and did not come',
    { plan: { until: { kind: 'event-name', name: 'done' } } },
    { status: 'fail', title: 'the event "done" did not arrive within 20s', evidence: { finding: 'no-events' } },
  ],
  [
    'fails a stream that ended before the event that was waited for, whatever its last word',
    { plan: { until: { kind: 'event-name', name: 'done' } }, main: lastWords('data: [DONE]\n\n') },
    { status: 'fail', title: 'The stream ended after 2s, before `--until event:done`', evidence: DROPPED },
  ],
  [
    'passes an event that was waited for',
    { plan: { until: { kind: 'event-name', name: 'done' } }, untilCame: true, complete: true },
    { status: 'pass', title: 'complete after' },
  ],
  [
    'passes a text that came, on a stream that goes on',
    { plan: { until: { kind: 'text', text: '[DONE]' } }, untilCame: true },
    { status: 'pass' },
  ],
  [
    'leaves to framing what we gave up ourselves',
    { main: cut('event-limit', 3000) },
    { status: 'skip', title: 'see framing' },
  ],
  [
    'fails a stream that the server ended without a word',
    { main: cut('eof-clean', 3000) },
    { status: 'fail', title: 'ended after 3s although the client was reading', evidence: DROPPED },
  ],
  [
    'shows the detail of a connection that broke',
    { main: cut('reset', 3000, 'ECONNRESET') },
    { status: 'fail', title: '(ECONNRESET)', evidence: { ...DROPPED, detail: 'ECONNRESET' } },
  ],
  [
    'shows no detail of an end that was clean',
    { main: cut('eof-clean', 3000, 'FIN') },
    { status: 'fail', title: 'the peer ended the stream.', evidence: { ...DROPPED, detail: 'FIN' } },
  ],
  [
    'counts the age from the head and not from the start',
    { main: { ...cut('eof-clean', 3000), headMs: 7000 } },
    { status: 'fail', evidence: { ageMs: 3000 } },
  ],
  [
    'says that the server went away when it can be reached no more',
    {
      main: cut('reset', 3000),
      auxiliary: { again: { askedMs: null, headMs: null, end: { cause: 'refused', ageMs: 10 } } },
    },
    { status: 'fail', title: '(refused)', evidence: { finding: 'target-down', again: 'refused' } },
  ],
  [
    'does not say so when the server still answers',
    { main: cut('reset', 3000), auxiliary: { again: { says: SOUND } } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'does not say so when the answer is only slow',
    { main: cut('reset', 3000), auxiliary: { again: { headMs: null, end: { cause: 'closed-by-us', ageMs: 500 } } } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'finds the deadline that two streams met at one age',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('reset', 11_000) } },
    {
      status: 'fail',
      title: 'cut at the age of 10s',
      evidence: { ...CUT_AT_AGE, limitMs: 10_000, secondAgeMs: 11_000 },
    },
  ],
  [
    'only warns of two clean ends of a plan with jitter, after which the server goes on',
    {
      main: cut('eof-clean', 10_000),
      auxiliary: { twin: twinCut('eof-clean', 8000), again: { says: SOUND } },
    },
    { status: 'warn', title: 'after 10s and 8s', evidence: { ...DROPPED, secondAgeMs: 8000 } },
  ],
  [
    'only warns of two clean ends at one moment, after which the server goes on',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('eof-clean', 9000), again: { says: SOUND } } },
    { status: 'warn', title: 'at the same moment, as at a restart (this one after 10s)', evidence: DROPPED },
  ],
  [
    'does not take two ends at one moment for a restart behind which nobody is served',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('eof-clean', 9000) } },
    { status: 'fail' },
  ],
  [
    'does not take the ends of young streams for a plan',
    { main: cut('eof-clean', 4000), auxiliary: { twin: twinCut('eof-clean', 2500), again: { says: SOUND } } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'does not take one end that was not clean for a plan',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('reset', 8000), again: { says: SOUND } } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'does not take ends for a plan behind which nobody is served',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('eof-clean', 8000) } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'takes ages that are further apart for chance',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('eof-clean', 11_001) } },
    { status: 'fail', evidence: { ...DROPPED, secondAgeMs: 11_001 } },
  ],
  [
    'gives short ages the room of a timer',
    { main: cut('eof-clean', 1000), auxiliary: { twin: twinCut('eof-clean', 1250) } },
    { status: 'fail', evidence: CUT_AT_AGE },
  ],
  [
    'gives short ages no more room than that',
    { main: cut('eof-clean', 1000), auxiliary: { twin: twinCut('eof-clean', 1251) } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'finds no deadline below an age of a second',
    { main: cut('eof-clean', 999), auxiliary: { twin: twinCut('eof-clean', 999) } },
    { status: 'fail', evidence: DROPPED },
  ],
  [
    'finds no deadline when we left the second stream ourselves',
    { main: cut('eof-clean', 10_000), auxiliary: { twin: twinCut('closed-by-us', 10_000) } },
    { status: 'fail', evidence: { ...DROPPED, secondAgeMs: null } },
  ],
  [
    'finds the idle limit behind one silence at two ages',
    { main: spokeCut([1000, 2000], 7000), auxiliary: { twin: spokeCut([500], 5500, 1000) } },
    {
      status: 'fail',
      title: 'cut after 5s without a byte: it happened to two clients',
      evidence: { finding: 'idle-cut', kind: 'idle', limitMs: 5000 },
      hint: '`proxy_read_timeout` in nginx',
    },
  ],
  [
    'leaves a restart open where one silence ended for two streams at one moment',
    { main: spokeCut([1000, 3000], 8000), auxiliary: { twin: spokeCut([2000], 7000, 1000) } },
    { status: 'fail', title: 'it may have been a restart', evidence: { finding: 'idle-cut', kind: 'idle' } },
  ],
  [
    'does not tell a limit of silence from one of age where nothing was sent, and puts heartbeats first',
    { main: silentCut(3000), auxiliary: { twin: silentCut(3000, 1000) } },
    {
      status: 'fail',
      title: '(an idle timeout or an age limit; without data they look the same',
      evidence: { finding: 'idle-cut', kind: 'idle-or-absolute', limitMs: 3000 },
      hint: 'Send every client a comment',
    },
  ],
  [
    'takes it for an idle limit where the answer names a layer that has no other',
    {
      main: { ...silentCut(5000), headers: { server: 'nginx/1.22.1' } },
      auxiliary: { twin: silentCut(5000, 1000) },
    },
    {
      status: 'fail',
      evidence: { finding: 'idle-cut', kind: 'idle' },
      hint: 'The response names nginx; set `proxy_read_timeout`.',
    },
  ],
  [
    'finds a limit of age where the same silence was survived before',
    { main: spokeCut([3000, 6000], 9000), auxiliary: { twin: spokeCut([3000, 6000], 9000, 1000) } },
    {
      status: 'fail',
      title: 'cut at the age of 9s, even while data flows',
      evidence: { ...CUT_AT_AGE, longestSurvivedSilenceMs: 3000 },
      hint: "Go's WriteTimeout, for example, takes effect at the next write",
    },
  ],
  [
    'finds no limit of silence where another stream survived a longer one',
    { main: silentCut(3000), auxiliary: { twin: silentCut(3000, 1000), other: { says: pings(5000) } } },
    { status: 'fail', evidence: { finding: 'client-dropped' } },
  ],
  [
    'names the route of Envoy, whose clients on HTTP/1.1 see the end a second later',
    { main: spokeCut(SECONDS, 16_003), auxiliary: { twin: spokeCut(SECONDS, 16_003, 1000) } },
    { status: 'fail', title: 'at the age of 16s', evidence: CUT_AT_AGE, hint: 'Envoy route (`timeout` of the route' },
  ],
  [
    'takes two ends at one moment for a restart, whatever the age',
    { main: spokeCut(SECONDS, 14_600), auxiliary: { twin: spokeCut(SECONDS.slice(1), 13_600, 1000) } },
    { status: 'fail', title: 'at the same moment, after 13.6s, as at a restart', evidence: DROPPED },
  ],
  [
    'leaves a limit of age open where both ended when their next event was due',
    { main: spokeCut([5000, 10_000], 15_000), auxiliary: { twin: spokeCut([4000, 9000], 14_000, 1000) } },
    { status: 'fail', evidence: DROPPED, hint: 'takes effect at a write' },
  ],
  [
    'names a layer on one cut, without calling it a limit',
    { main: spokeCut([500], 60_510) },
    {
      status: 'fail',
      title: 'Its last byte had arrived 1m before.',
      evidence: DROPPED,
      hint: 'nginx (between two reads',
    },
  ],
  [
    'names no layer where a second stream has outlived the first',
    {
      main: spokeCut([500], 5500),
      auxiliary: { twin: { ...silentCut(0, 1000), end: { cause: 'closed-by-us', ageMs: 9000 } } },
    },
    { status: 'fail', evidence: DROPPED, hint: 'Look for timeouts on the path' },
  ],
  [
    'finds the idle limit behind one silence of two streams that ended cleanly at two ages',
    {
      main: { ...spokeCut([1000, 2000], 7000), end: { cause: 'eof-clean', ageMs: 7000 } },
      auxiliary: {
        twin: { ...spokeCut([500], 5600, 1000), end: { cause: 'eof-clean', ageMs: 5600 } },
        again: { says: SOUND },
      },
    },
    { status: 'fail', evidence: { finding: 'idle-cut', kind: 'idle' } },
  ],
  [
    'takes clean ends at one moment for a restart behind any silence, and says what else it may be',
    {
      main: { ...spokeCut([3000], 8000), end: { cause: 'eof-clean', ageMs: 8000 } },
      auxiliary: {
        twin: { ...spokeCut([2000], 7000, 1000), end: { cause: 'eof-clean', ageMs: 7000 } },
        again: { says: SOUND },
      },
    },
    { status: 'warn', title: 'as at a restart', evidence: DROPPED, hint: 'it may also be an idle timeout:' },
  ],
  [
    'takes two streams that were silent from their beginning, and ended at one moment, for no limit',
    { main: silentCut(12_000), auxiliary: { twin: silentCut(11_000, 1000) } },
    { status: 'fail', title: 'as at a restart', evidence: DROPPED },
  ],
]);
