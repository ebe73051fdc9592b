import { quote } from '../../core/printable.ts';
import { exactDuration } from '../../core/exact-units.ts';
import { formatDuration, parseDuration } from '../../core/units.ts';
import { DEFAULT_GRACE_MS, INCIDENT_KINDS, type Incident, type IncidentKind } from '../../core/incidents.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

const FORM = /^([a-z-]+)@([^+]+)(?:\+(.+))?$/;
const MAX_FREEZE_MS = 60_000;
const MIN_GRACE_MS = 1000;
const MAX_GRACE_MS = 5 * 60_000;

/** `reconnect-all@20s`, `restart-server@20s`, `freeze@20s+5s`, `sigterm@20s`, `sigterm@20s+30s`: what happens, when, and for how long. */
export const incident: Kind<Incident> = scalar({
  placeholder: 'kind@time',
  commas: true,
  schema: { type: 'string', pattern: `^(${INCIDENT_KINDS.join('|')})@` },
  show: ({ kind, atMs, durationMs }) =>
    `${kind}@${exactDuration(atMs)}${durationMs === 0 ? '' : `+${exactDuration(durationMs)}`}`,
  parse(given): Incident {
    const [, name, at, duration] = FORM.exec(given) ?? [];
    if (name === undefined || at === undefined)
      throw new ValueError(`${quote(given)} is not KIND@TIME, such as reconnect-all@20s`);
    if (!(INCIDENT_KINDS as readonly string[]).includes(name)) {
      throw new ValueError(`${quote(name)} is not an incident; use one of ${INCIDENT_KINDS.join(', ')}`);
    }
    const kind = name as IncidentKind;
    if (kind === 'freeze' && duration === undefined)
      throw new ValueError('needs a duration for the freeze, such as freeze@20s+5s');
    if (kind !== 'freeze' && kind !== 'sigterm' && duration !== undefined) throw new ValueError('takes no duration');
    const durationMs = duration === undefined ? defaultMs(kind) : parseDuration(duration);
    if (kind === 'freeze' && durationMs > MAX_FREEZE_MS)
      throw new ValueError(`freezes for longer than ${formatDuration(MAX_FREEZE_MS)}`);
    if (kind === 'sigterm' && (durationMs < MIN_GRACE_MS || durationMs > MAX_GRACE_MS))
      throw new ValueError(
        `gives the server ${formatDuration(durationMs)} to stop; use ${formatDuration(MIN_GRACE_MS)} to ${formatDuration(MAX_GRACE_MS)}`,
      );
    return { kind, atMs: parseDuration(at), durationMs };
  },
});

function defaultMs(kind: IncidentKind): number {
  return kind === 'sigterm' ? DEFAULT_GRACE_MS : 0;
}
