/**
 * A load tester is also a weapon: many clients are sent to a public address only by somebody who has spelled out
 * which one. What a public address is, is decided by the address, not by the name.
 */
import { scopeOfHost, type AddressScope } from './address-scope.ts';
import { UsageError } from '../core/errors.ts';
import { hostOf, withoutBrackets } from '../core/host.ts';
import { formatCount } from '../core/units.ts';

/** As many as a few offices have: no public service falls over for them. */
const MAX_UNCONFIRMED_CLIENTS = 500;

export interface Confirmation {
  /** How many clients all processes together open. */
  clients: number;
  /** The hosts that the user has named, as in the URLs. */
  confirmedTargets: readonly string[];
}

/** Why this many clients may not be sent there, or null. */
export function unconfirmed(url: URL, scope: AddressScope, { clients, confirmedTargets }: Confirmation): string | null {
  if (scope !== 'public' || clients <= MAX_UNCONFIRMED_CLIENTS) return null;
  const host = hostOf(url);
  if (confirmedTargets.some((name) => withoutBrackets(name.toLowerCase()) === host)) return null;
  const given =
    confirmedTargets.length === 0
      ? 'it is not confirmed'
      : `only ${confirmedTargets.join(', ')} ${confirmedTargets.length === 1 ? 'is' : 'are'} confirmed`;
  return `${host} has a public address, and ${given}: the limit is ${MAX_UNCONFIRMED_CLIENTS} clients`;
}

/**
 * @param address of the URL's host, or the host where a proxy looks it up
 * @throws {UsageError} when `--confirm-target` is needed and does not name this host
 */
export function checkConfirmed(url: URL, address: string, plan: Confirmation): void {
  const why = unconfirmed(url, scopeOfHost(address), plan);
  if (why === null) return;
  throw new UsageError(`--confirm-target: ${why}`, {
    hint: `If you may load it with ${formatCount(plan.clients)} clients, add --confirm-target ${hostOf(url)}; otherwise use at most ${MAX_UNCONFIRMED_CLIENTS}.`,
  });
}
