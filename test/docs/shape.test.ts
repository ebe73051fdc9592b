import { expect, it } from 'vitest';
import { shapeDifference } from './shape.ts';

it.each([
  ['40 of 40 connected, 3 events', '39 of 40 connected, 1 event'],
  ['latency  42ms  96ms 1.2s\n', 'latency 1ms\n  2m 3s'],
  ['1,000 events (18/s), RSS 82.8MiB', '7 events (1,884/s), RSS 900KiB'],
  ['  ▁▂█\n  done ·', 'done'],
  ['id: q3f8x1a-7', 'id: b7c2k9d-12'],
  ['"clientId":"0c7727a9-6aa4-4678-b085-25fafd27fcd2"', '"clientId":"5e0e27a9-6aa4-4678-b085-25fafd27fcd2"'],
  ['http://127.0.0.1:8787/events', 'http://127.0.0.1:41234/events'],
  ['Date: Mon, 30 Nov 2026 21:14:51 GMT', 'Date: Tue, 01 Dec 2026 02:48:40 GMT'],
  ['PASS\n…\n  seed 7', 'PASS and so on\n  seed 12'],
  ['…\nOK it is sound', 'much\nOK it is sound'],
  ['OK\n…', 'OK and more'],
  ['tick {"seq":1,"pad":"..…', 'tick {"seq":22,"pad":".........."}'],
])('the shape of %j is that of %j', (shown, said) => {
  expect(shapeDifference(shown, said)).toBeNull();
});

it.each([
  ['0 lost', '3 lost'],
  ['3 lost', '0 lost'],
  ['events lost', 'events duplicated'],
  ['PASS', 'PASS and more'],
  ['PASS and more', 'PASS'],
  ['PASS\n…\nexit', 'PASS\nleave'],
  ['…\nexit', 'exit and leave'],
])('the shape of %j is not that of %j', (shown, said) => {
  expect(shapeDifference(shown, said)).toEqual(expect.any(String));
});
