/** The settings of deploy/sysctl: each is one of this kernel, and is explained. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const lines = readFileSync(new URL('../../deploy/sysctl/90-sse-probe.conf', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
/** As sysctl.d(5) has it: a hyphen before a name that may be unknown. Ours that are commented out are checked, too. */
const ASSIGNMENT = /^(#?)(-?)([a-z][\w.]+) = (\S.*)$/;
const assignments = lines.flatMap((line, index) => {
  const [, off, hyphen, name, value] = ASSIGNMENT.exec(line) ?? [];
  return name === undefined ? [] : [{ index, isOff: off === '#', mayBeUnknown: hyphen === '-', name, value: value! }];
});

it('every line of the sysctl file is a comment, an assignment, or empty', () => {
  const others = lines.filter(
    (line) => line !== '' && !line.startsWith('# ') && line !== '#' && !ASSIGNMENT.test(line),
  );
  expect(others).toEqual([]);
  expect(assignments.filter(({ isOff }) => !isOff).map(({ name }) => name)).toEqual([
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_tw_reuse',
    'net.netfilter.nf_conntrack_max',
  ]);
});

it.each(assignments)('the comment above $name says why', ({ index }) => {
  expect(lines[index - 1]).toMatch(/^# .*\.$/);
});

it.runIf(existsSync('/proc/sys/net/ipv4/ip_local_port_range'))('this kernel has every sysctl that is set', () => {
  const names = assignments.flatMap(({ name, mayBeUnknown }) => (mayBeUnknown ? [] : [name]));
  expect(names.filter((name) => !existsSync(join('/proc/sys', ...name.split('.'))))).toEqual([]);
});

it('the range of source ports begins at an even port and ends at an odd one, as the kernel asks', () => {
  const [first, last] = assignments[0]!.value.split(' ').map(Number);
  expect([first! % 2, last! % 2, last! - first! + 1]).toEqual([0, 1, 64_512]);
});
