import { expect, it } from 'vitest';
import { Ledger } from '../../src/accounts/ledger.ts';
import { forget, type SequenceState } from '../../src/accounts/sequence-state.ts';
import { acquit, countAffected, noteDefect, withdrawDefects } from '../../src/measure/defects.ts';
import { newSequenceState } from '../support/sequence-state.ts';

function counted(...clients: readonly SequenceState[]): Record<string, number> {
  const tally = new Map<string, number>([['lost', 99]]);
  countAffected(clients, tally);
  return Object.fromEntries(tally);
}

/** A client that hears these numbers; `resume` reconnects it behind its Last-Event-ID. */
function heard(...numbers: readonly (number | 'resume')[]): SequenceState {
  const [ledger, client] = [new Ledger(), newSequenceState()];
  for (const number of numbers) {
    if (number === 'resume') ledger.reconnected(client, true);
    else ledger.note(client, number);
  }
  return client;
}

it('a client is counted once for each defect, however often it meets it', () => {
  const [one, two, sound] = [newSequenceState(), newSequenceState(), newSequenceState()];
  noteDefect(one, 'dropped');
  noteDefect(one, 'dropped');
  noteDefect(one, 'heartbeatsLate');
  noteDefect(two, 'dropped');
  expect(counted(one, two, sound)).toEqual({ dropped: 2, heartbeatsLate: 1 });
  withdrawDefects(one, ['dropped']);
  expect(counted(one, two, sound)).toEqual({ dropped: 1, heartbeatsLate: 1 });
});

it.each<[what: string, client: SequenceState, counts: Record<string, number>]>([
  ['that heard all', heard(1, 2, 3), {}],
  ['with a gap', heard(1, 2, 5, 8), { lost: 1 }],
  ['whose gap was filled late', heard(1, 3, 2, 4), { reordered: 1 }],
  ['whose gap was filled in part', heard(1, 4, 2, 5), { lost: 1, reordered: 1 }],
  ['that heard one twice', heard(1, 2, 2, 3), { duplicated: 1 }],
  ['that missed some behind its id', heard(1, 2, 'resume', 5), { resumeLost: 1 }],
  ['that was sent its last again behind its id', heard(1, 2, 'resume', 2, 3), { resumeDuplicated: 1 }],
  ['that was sent behind its id what came late', heard(1, 2, 'resume', 4, 3), { reordered: 1 }],
])('a client %s is counted for what it met', (_what, client, counts) => {
  expect(counted(client)).toEqual(counts);
});

it('a client keeps what it met when an account ends, and loses it when the numbers prove to be none', () => {
  const client = heard(1, 2, 5, 5);
  forget(client);
  expect(counted(client)).toEqual({ lost: 1, duplicated: 1 });
  acquit(client);
  expect(counted(client)).toEqual({});
});
