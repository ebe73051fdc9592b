/**
 * What the structure of an audience says of loss: events that reach one of several groups of clients, a part of them, or
 * one client each. The soak's clients all ask the same, so what divides them is the server's doing.
 *
 * It fails where numbers prove that the groups belong together: each misses just what the others hear. Without such
 * numbers the groups may be rooms, or feeds of two instances that have nothing to do with each other: a warning that says
 * what would be wrong. Copies that are written for each client or group, and streams that are each client's own, are no
 * loss.
 */
import type { Structure } from '../accounts/audience-structure.ts';
import { commonNumbering, numberingText } from '../accounts/split-numbering.ts';
import { counted, formatCount, formatPercent } from '../core/units.ts';
import type { Detected } from '../findings/finding.ts';
import { SHARED_BUS } from '../findings/shared-bus.ts';
import type { JudgedRun } from './judged-run.ts';

/** Fewer events that all others heard may have come before the stream was known to the server. */
const LEAST_UNHEARD = 8;
/** Events that reach fewer clients than this reach a part of them. */
const MOST = 0.9;
const MOST_SHOWN = 4;

/** @returns the worst of all URLs; null where nothing is amiss, or nobody can tell */
export function lossByStructure({ structures, summary }: JudgedRun): Detected | null {
  if (summary.counts.apart > 0 || summary.sequence.has('finite')) return null;
  const found = structures.map((structure) => lossOf(structure)).filter((loss) => loss !== null);
  return found.find(({ severity }) => severity === undefined) ?? found[0] ?? null;
}

/** What of the structure is worth a word where loss cannot be judged; null where nothing is known. */
export function structureText(run: JudgedRun): string | null {
  if (lossByStructure(run) !== null) return 'see event-lost';
  return run.structures.map((structure) => textOf(structure)).find((text) => text !== null) ?? null;
}

function lossOf(structure: Structure): Detected | null {
  const { kind, unheard, hearers, clients, events, reach, numbering, areCopies } = structure;
  const evidence = evidenceOf(structure);
  if (kind === 'common' && unheard.clients > 0 && unheard.due >= LEAST_UNHEARD) {
    return {
      title: `${formatCount(unheard.clients)} of ${counted(clients, 'client')} never received an event, while all others received the same events: ${counted(unheard.due, 'event')} or more.`,
      evidence,
      hint: `Look for clients that are missing from the list of clients, and for an instance that does not receive what another publishes: ${SHARED_BUS}.`,
    };
  }
  if (kind === 'groups' && (numbering !== null || !areCopies)) {
    const text = `Clients form ${groupsText(structure)}`;
    return numbering === null
      ? {
          severity: 'warn',
          title: `${text}. If this is one feed, each instance reaches only its own clients.`,
          evidence,
          hint: `If it is one feed: ${SHARED_BUS}. If these are rooms or tenants, add --ignore event-lost.`,
        }
      : {
          // Copies for each group may be numbered on as well.
          ...(areCopies ? { severity: 'warn' as const } : {}),
          title: `${text}. All events share one numbering (${numberingText(numbering)}), and each group misses the events of the others${quoted(structure)}.`,
          evidence,
          hint: `Each event reaches the clients of one instance only: ${SHARED_BUS}.`,
        };
  }
  if (kind === 'parts') return partOf(structure, evidence);
  if (kind === 'own' && numbering !== null && !areCopies) {
    return {
      severity: 'warn',
      title: `Each of ${counted(events.length, 'event')} reached exactly one of ${counted(hearers, 'client')}, although all events share one numbering (${numberingText(numbering)}).`,
      evidence,
      hint: `If this is one feed, its clients share a queue that gives each event to one of them: ${SHARED_BUS}. If each client has its own stream, add --ignore event-lost.`,
    };
  }
  if (kind !== 'mixed' || reach.share >= MOST || commonNumbering(events, structure.stride) === null) return null;
  return {
    severity: 'warn',
    title: `An event reached ${reachText(structure)} (median), and not always the same clients, although all requested the same stream.`,
    evidence,
    hint: `If this is one feed, look for clients that are skipped silently, and for instances that share a queue: ${SHARED_BUS}. If each client has its own filter, add --ignore event-lost.`,
  };
}

/** One group hears a part of what another hears. */
function partOf(structure: Structure, evidence: Record<string, unknown>): Detected | null {
  const { groups, stride } = structure;
  const [most, ...others] = groups.toSorted((one, other) => other.events.length - one.events.length);
  if (most === undefined) return null;
  const parts = others
    .slice(0, MOST_SHOWN)
    .map((group) => `${formatCount(group.clients)} received ${formatCount(group.events.length)} of them`);
  const isNumbered = commonNumbering(most.events, stride) !== null;
  return {
    ...(isNumbered ? {} : { severity: 'warn' as const }),
    title: `Clients receive different parts of one feed: ${formatCount(most.clients)} of ${counted(structure.hearers, 'client')} received ${counted(most.events.length, 'event')}, ${parts.join(', ')}.`,
    evidence,
    hint: `Look for an instance that does not receive all published events, and for one that drops events: ${SHARED_BUS}. If clients have their own filters, add --ignore event-lost.`,
  };
}

function textOf(structure: Structure): string | null {
  const { kind, hearers, events, areCopies } = structure;
  if (kind === 'groups') {
    const copies = areCopies ? ', at the same moments, as if each event were written differently for each client' : '';
    return `clients form ${groupsText(structure)}${copies}`;
  }
  if (kind === 'own') {
    const queue = areCopies ? '' : ', or a queue that gives each event to one client';
    return `each of ${counted(events.length, 'event')} reached only one of ${counted(hearers, 'client')}: separate streams, copies written for each client${queue}`;
  }
  if (kind === 'parts' || kind === 'mixed') return `an event reached ${reachText(structure)} (median)`;
  return kind === 'apart' ? 'each connection gets a stream with its own timing' : null;
}

function reachText({ reach: { heardBy, due } }: Structure): string {
  return `${formatCount(heardBy)} of ${counted(due, 'client')}`;
}

/** One number, and how many heard it. */
function quoted({ events, numbering }: Structure): string {
  const event = events[events.length >> 1];
  const number = numbering === null ? undefined : event?.numbers[numbering];
  return event === undefined || number === undefined
    ? ''
    : `: ${number} reached ${formatCount(event.heardBy)} of ${counted(event.due, 'client')}`;
}

function groupsText({ groups, events }: Structure): string {
  const shown = groups.slice(0, MOST_SHOWN).map((group) => {
    const share = formatPercent(Math.round((100 * group.events.length) / Math.max(1, events.length)) / 100);
    return `${formatCount(group.clients)} received ${formatCount(group.events.length)} (${share})`;
  });
  const more = groups.length > MOST_SHOWN ? ' …' : '';
  return `${groups.length} groups that share no event: of ${counted(events.length, 'event')} ${shown.join(', ')}${more}`;
}

function evidenceOf(structure: Structure): Record<string, unknown> {
  const { kind, clients, unheard, groups, events, reach, numbering } = structure;
  return {
    structure: kind,
    clients,
    events: events.length,
    heardBy: reach.heardBy,
    due: reach.due,
    unheard: unheard.clients,
    groups: groups.map((group) => ({ clients: group.clients, events: group.events.length })),
    numbering: numbering === null ? null : numberingText(numbering),
  };
}
