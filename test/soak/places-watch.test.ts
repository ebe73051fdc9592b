import { expect, it } from 'vitest';
import { PlacesWatch } from '../../src/soak/places-watch.ts';

interface Second {
  clients: number;
  mostOpen?: number;
  turnedAway: number;
  left: number;
}

function watched(...seconds: Second[]): PlacesWatch['turnedAway'] {
  const watch = new PlacesWatch();
  seconds.forEach((second, at) => watch.look((at + 1) * 1000, { mostOpen: second.clients, ...second }));
  return watch.turnedAway;
}

it('a server that turns nobody away has no such record', () => {
  expect(watched({ clients: 5, turnedAway: 0, left: 0 }, { clients: 5, turnedAway: 0, left: 9 })).toBeNull();
});

it('a server that turns clients away while nobody has left has met its limit', () => {
  expect(watched({ clients: 5, turnedAway: 4, left: 0 }, { clients: 5, turnedAway: 4, left: 9 })).toBeNull();
});

it('a server that turns clients away that come for others is recorded with the fewest and the most that were connected', () => {
  const told = watched(
    { clients: 8, turnedAway: 2, left: 0 },
    { clients: 9, mostOpen: 10, turnedAway: 2, left: 6 },
    { clients: 9, turnedAway: 3, left: 12 },
    { clients: 4, turnedAway: 8, left: 18 },
    { clients: 3, turnedAway: 8, left: 24 },
  );
  expect(told).toEqual({ fromMs: 3000, leftBefore: 6, clients: 6, fewestOpen: 4, mostOpen: 10 });
});
