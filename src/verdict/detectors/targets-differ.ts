import type { TargetAudience, TargetsApart } from '../../accounts/target-audiences.ts';
import { numberingText } from '../../accounts/split-numbering.ts';
import { redactUrl } from '../../core/redact.ts';
import { counted, formatCount, formatPercent } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import type { Detector } from '../finding.ts';

const MOST_SHOWN = 4;

/** The clients of one URL hear what those of another do not. */
export const targetsDiffer: Detector = {
  id: 'targets-differ',
  detect({ targetsApart: apart }) {
    if (apart === null || apart.kind === 'copies') return null;
    const evidence = {
      kind: apart.kind,
      events: apart.events,
      numbering: apart.numbering === null ? null : numberingText(apart.numbering),
      targets: apart.targets.map((target) => ({ ...target, url: redactUrl(target.url) })),
    };
    return { ...WORDS[apart.kind](apart), evidence };
  },
};

const WORDS: Readonly<
  Record<Exclude<TargetsApart['kind'], 'copies'>, (apart: TargetsApart) => Omit<Detected, 'evidence'>>
> = {
  silent: ({ targets }) => ({ title: `${silentText(targets)}.` }),
  quiet: ({ targets }) => ({
    severity: 'warn',
    title: `${silentText(targets)}; their paths differ, so they count as different streams.`,
    hint: 'Publish on each of them during the run, or remove the quiet one.',
  }),
  part: (apart) => ({
    title: `Not every URL received all ${counted(apart.events, 'event')} that any URL received: ${sharesText(apart)}.`,
  }),
  split: (apart) => ({
    // Copies for each instance may be numbered on as well.
    ...(apart.areCopies ? { severity: 'warn' as const } : {}),
    title: `Each event reaches the clients of one URL only: of ${counted(apart.events, 'event')} with one common numbering (${numberingText(apart.numbering ?? '')}), ${sharesText(apart)}.`,
  }),
  own: (apart) => ({
    severity: 'warn',
    title: `The URLs look like separate feeds: each has its own numbering (${numberingText(apart.numbering ?? '')}), and none of ${counted(apart.events, 'event')} arrived on two of them.`,
    hint: 'If they are instances of one service, events published on one do not reach the clients of the others: use a shared message bus. If they are independent servers, add --ignore targets-differ.',
  }),
  queue: (apart) => ({
    severity: 'warn',
    title: `Each event reached one client on one of ${counted(apart.targets.length, 'URL')} only, although all events share one numbering (${numberingText(apart.numbering ?? '')}).`,
  }),
  disjoint: (apart) => ({
    title: `The clients of each URL receive events that the clients of other URLs do not: of ${counted(apart.events, 'event')}, ${sharesText(apart)}.`,
  }),
};

function silentText(targets: readonly TargetAudience[]): string {
  const silent = targets.filter(({ clients, unheard }) => unheard === clients);
  const most = targets.reduce((one, other) => (other.eventsPerClient > one.eventsPerClient ? other : one));
  const clients = silent.reduce((sum, target) => sum + target.clients, 0);
  const who = `${clients === 1 ? '' : 'all '}${counted(clients, 'client')} of ${listed(silent)}`;
  return `No event reached ${who}, while clients of ${redactUrl(most.url)} received ${formatCount(most.eventsPerClient)} each`;
}

function sharesText({ targets, events }: TargetsApart): string {
  const shares = targets.slice(0, MOST_SHOWN).map(({ url, heard, clients }) => {
    const share = heard ?? 0;
    return `${formatCount(Math.round(share * events))} (${formatPercent(Math.round(100 * share) / 100)}) on ${redactUrl(url)} (${counted(clients, 'client')})`;
  });
  return `${shares.join(', ')}${targets.length > MOST_SHOWN ? ' …' : ''}`;
}

function listed(targets: readonly TargetAudience[]): string {
  const urls = targets.slice(0, MOST_SHOWN).map(({ url }) => redactUrl(url));
  return `${urls.join(', ')}${targets.length > MOST_SHOWN ? ' …' : ''}`;
}
