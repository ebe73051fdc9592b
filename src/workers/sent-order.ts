/**
 * What a worker is told of its part of a load, as the coordinator writes it: plain data with every member by its name, so
 * that nothing travels that a load process has no use for.
 *
 * It lies in Redis until its job is removed. So it may hold a secret only where it is encrypted: `checkSecrets` refuses
 * the others by what a name or a form says, as for all that a report shows (core/redact.ts).
 */
import { UsageError } from '../core/errors.ts';
import { redactText, redactUrl } from '../core/redact.ts';
import { namesSecret } from '../core/secret-names.ts';
import type { TransportSpec } from '../reach/transport-spec.ts';
import type { Aim } from '../soak/load/aim.ts';
import type { AimJson, ToShard } from '../soak/load/shard-messages.ts';
import type { ShardPlan } from '../soak/load/shard-plan.ts';
import type { TlsOptions } from '../wire/tls.ts';
import { KEY_VARIABLE } from './key-variable.ts';

/** The first message of a run to a load process: what its clients do, where, and by which version. */
export type SentOrder = Omit<Extract<ToShard, { type: 'plan' }>, 'type' | 'wallShiftMs'>;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** @throws {UsageError} for clients that only this machine can have */
export function orderFor(plan: ShardPlan, aim: Aim, bearer: string | null, version: string): SentOrder {
  if (plan.mix.vanished > 0) {
    throw new UsageError('vanished clients cannot be spread over workers: each machine would need a route of its own', {
      hint: 'Remove vanished from --mix, or run the soak on one machine.',
    });
  }
  const { url, address, port, local, fillBytes, transport } = aim;
  return {
    plan: { ...plan, vanishingNetwork: null },
    aim: { url: url.href, address, port, local, fillBytes, transport: sentTransport(transport) },
    bearer,
    version,
  };
}

function sentTransport(spec: TransportSpec): TransportSpec {
  const { tls, trust } = spec;
  return { ...spec, tls: tls === null ? null : onlyCertificates(tls), trust: onlyCertificates(trust) };
}

/** A file of certificates may hold their keys, too, which nobody needs for a check. */
function onlyCertificates<Options extends Pick<TlsOptions, 'ca'>>(options: Options): Options {
  return options.ca === undefined ? options : { ...options, ca: (options.ca.match(CERTIFICATE) ?? []).join('\n') };
}

/** @throws {UsageError} where a secret would be sent that is not encrypted */
export function checkSecrets(order: SentOrder, hasKey: boolean): void {
  if (hasKey) return;
  const secrets = secretsIn(order);
  const last = secrets.pop();
  if (last === undefined) return;
  const said =
    secrets.length === 0
      ? `${last} is a secret and would stand in Redis as it is`
      : `${secrets.join(', ')} and ${last} are secrets and would stand in Redis as they are`;
  throw new UsageError(said, {
    hint: `Set ${KEY_VARIABLE} to the same random value for the soak and its workers: what they exchange is then encrypted.`,
  });
}

/** The parts of an order that are secrets, by name, as in `the header Authorization`. */
export function secretsIn({ plan, aim, bearer }: SentOrder): string[] {
  const headers = plan.headers
    .filter(([name, value]) => namesSecret(name) || redactText(value) !== value)
    .map(([name]) => `the header ${name}`);
  return [
    ...new Set([
      ...headers,
      ...(bearer === null ? [] : ['the bearer token']),
      ...secretsInUrl(aim),
      ...(proxiesOf(aim.transport).some(hidesSecret) ? ['the password of the proxy'] : []),
      ...(plan.body !== null && isSecretBody(plan.body) ? ['the body of the request'] : []),
    ]),
  ];
}

function secretsInUrl({ url: text }: AimJson): string[] {
  const url = new URL(text);
  const named = [...url.searchParams].flatMap(([name, value]) =>
    value !== '' && namesSecret(name) ? [`the parameter ${name} of the URL`] : [],
  );
  const user = url.username === '' && url.password === '' ? [] : ['the user info of the URL'];
  const found = [...user, ...named];
  // A token in the path, or one under a name that says nothing.
  return found.length > 0 || !hidesSecret(text) ? found : ['a token in the URL'];
}

/** The proxy of the URL, and those that a redirect may lead to. */
function proxiesOf({ proxy, proxies: { given, environment } }: TransportSpec): string[] {
  return [proxy, given, ...Object.values(environment)].filter((url) => typeof url === 'string');
}

function hidesSecret(url: string): boolean {
  return redactUrl(url) !== (URL.canParse(url) ? new URL(url).href : url);
}

function isSecretBody(body: string): boolean {
  if (redactText(body) !== body) return true;
  let hasSecret = false;
  try {
    JSON.parse(body, (name, value: unknown) => {
      const isThere = typeof value === 'number' || (typeof value === 'string' && value !== '');
      if (isThere && namesSecret(name)) hasSecret = true;
      return value;
    });
  } catch {
    // It is not JSON: what `redactText` finds is all that is known of it.
    return false;
  }
  return hasSecret;
}
