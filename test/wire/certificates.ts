import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/**
 * Certificates made by the tests themselves, since Node signs no X.509 and not every machine has openssl: the
 * few DER structures of RFC 5280 that a TLS server needs, signed with ECDSA over P-256.
 */
export interface Identity {
  /** PEM. */
  certificate: string;
  key: string;
}

export interface CertificateOptions {
  name: string;
  /** Names and addresses that the certificate is for. */
  dnsNames?: readonly string[];
  ipv4?: readonly string[];
  isAuthority?: boolean;
  notBefore?: Date;
  notAfter?: Date;
}

const ECDSA_WITH_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
const DAY_MS = 86_400_000;
let serial = 1;

export class Authority {
  readonly identity: Identity;
  private readonly name: string;
  private readonly key: KeyObject;

  constructor(name = 'Test CA of sse-probe') {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.name = name;
    this.key = privateKey;
    this.identity = {
      certificate: certify({ name, isAuthority: true }, publicKey, name, privateKey),
      key: pem(privateKey),
    };
  }

  issue(options: CertificateOptions): Identity {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { certificate: certify(options, publicKey, this.name, this.key), key: pem(privateKey) };
  }
}

export function selfSigned(options: CertificateOptions): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { certificate: certify(options, publicKey, options.name, privateKey), key: pem(privateKey) };
}

function certify(options: CertificateOptions, publicKey: KeyObject, issuer: string, key: KeyObject): string {
  const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + 30 * DAY_MS) } = options;
  const names = [
    ...(options.dnsNames ?? []).map((name) => tagged(0x82, Buffer.from(name, 'latin1'))),
    ...(options.ipv4 ?? []).map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  const extensions = [
    sequence(
      oid(2, 5, 29, 19),
      tagged(0x01, Buffer.from([0xff])),
      tagged(0x04, sequence(...(options.isAuthority === true ? [tagged(0x01, Buffer.from([0xff]))] : []))),
    ),
    ...(names.length === 0 ? [] : [sequence(oid(2, 5, 29, 17), tagged(0x04, sequence(...names)))]),
  ];
  const toBeSigned = sequence(
    tagged(0xa0, integer(2)),
    integer(serial++),
    ECDSA_WITH_SHA256,
    commonName(issuer),
    sequence(time(notBefore), time(notAfter)),
    commonName(options.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, key);
  const der = sequence(toBeSigned, ECDSA_WITH_SHA256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([0, value >> 8, value & 0xff].slice(value < 128 ? 2 : value < 32768 ? 1 : 0)));
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(2, 5, 4, 3), tagged(0x0c, Buffer.from(name, 'utf8')))));
}

function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`, 'latin1'));
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
