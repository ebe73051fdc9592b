/**
 * What stands in Redis is compressed, and encrypted where a key is given: a plan may hold tokens, and everybody who may
 * read a Redis reads what is in it.
 *
 * AES-256-GCM, with a random nonce of 96 bits for each message; one key is good for some four billion messages (NIST SP
 * 800-38D, 8.3), a year of a hundred load processes that speak every second. The key comes by scrypt and not by HKDF, since
 * nobody is kept from giving a passphrase: each guess at one costs as much as the single start of a process, a tenth of a
 * second. Its salt is fixed, as both sides must come to the same key before they have said a word. `context` says
 * where a message belongs and is authenticated with it, so that one that is put back at another place does not open.
 *
 * It refuses the other kind: with a key nothing is believed that anybody could have written, and without one nothing is
 * sent that only looks as if it were secret.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { MessageError, UsageError } from '../core/errors.ts';
import { KEY_VARIABLE } from './key-variable.ts';
import { MOST_TEXT_LENGTH } from './message-text.ts';

const LEAST_KEY_LENGTH = 16;
/** 32 MiB and 0.1 s, once for each process. */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const SALT = 'sse-probe: messages between a soak and its workers';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NAME_LENGTH = 16;
const CIPHER = 'aes-256-gcm';

/** What is shorter comes out hardly smaller. */
const LEAST_COMPRESSED_BYTES = 1024;
const MOST_BYTES = MOST_TEXT_LENGTH;
/** A sealed text in base64, with its nonce, its tag and all that deflate adds. */
const MOST_SEALED_LENGTH = Math.ceil(MOST_BYTES * 1.34) + 1024;

/** What a sealed text begins with: how it is packed. The digit changes when the form does. */
const PLAIN = 'plain1:';
const DEFLATED = 'deflated1:';
const ENCRYPTED = 'encrypted1:';
/** The first byte of what is encrypted. */
const AS_IT_IS = 0;
const IS_DEFLATED = 1;

const SAME_KEY = `Set ${KEY_VARIABLE} to the same value for the soak and for all of its workers.`;

/** A message does not open with what is known here. */
export class SealError extends MessageError {}

export interface Seal {
  /** The same for all who have the same key, and nothing that the key could be found from. */
  readonly name: string;
  /** @param context where the message belongs, as in `run/shard/number` */
  seal(text: string, context: string): string;
  /** @throws {SealError} for what was not sealed with the same key for the same context */
  open(sealed: string, context: string): string;
}

/** @param key null: nothing is encrypted. @throws {UsageError} for a key that can be guessed */
export function openSeal(key: string | null): Seal {
  if (key === null) return { name: 'none', seal: compressed, open: decompressed };
  if (key.length < LEAST_KEY_LENGTH) {
    throw new UsageError(`${KEY_VARIABLE} has fewer than ${LEAST_KEY_LENGTH} characters`, {
      hint: 'Set it to a random value, such as one that `openssl rand -base64 32` prints.',
    });
  }
  return new EncryptingSeal(scryptSync(key, SALT, KEY_BYTES, SCRYPT));
}

function compressed(text: string): string {
  const bytes = bytesOf(text);
  return bytes.length < LEAST_COMPRESSED_BYTES ? PLAIN + text : DEFLATED + deflated(bytes).toString('base64');
}

function decompressed(sealed: string): string {
  checkLength(sealed);
  if (sealed.startsWith(PLAIN)) return sealed.slice(PLAIN.length);
  if (sealed.startsWith(DEFLATED)) return inflated(Buffer.from(sealed.slice(DEFLATED.length), 'base64'));
  if (!sealed.startsWith(ENCRYPTED)) throw foreign();
  throw new SealError(`a message is encrypted, and ${KEY_VARIABLE} is not set here`, { hint: SAME_KEY });
}

class EncryptingSeal implements Seal {
  readonly name: string;
  private readonly key: Buffer;

  constructor(key: Buffer) {
    this.key = key;
    this.name = createHmac('sha256', key).update('name').digest('hex').slice(0, NAME_LENGTH);
  }

  seal(text: string, context: string): string {
    const bytes = bytesOf(text);
    const isShort = bytes.length < LEAST_COMPRESSED_BYTES;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
    const parts = [
      nonce,
      cipher.update(Buffer.of(isShort ? AS_IT_IS : IS_DEFLATED)),
      cipher.update(isShort ? bytes : deflated(bytes)),
      cipher.final(),
      cipher.getAuthTag(),
    ];
    return ENCRYPTED + Buffer.concat(parts).toString('base64');
  }

  open(sealed: string, context: string): string {
    checkLength(sealed);
    if (!sealed.startsWith(ENCRYPTED)) {
      if (!sealed.startsWith(PLAIN) && !sealed.startsWith(DEFLATED)) throw foreign();
      throw new SealError(`a message is not encrypted, although ${KEY_VARIABLE} is set here`, { hint: SAME_KEY });
    }
    const packed = this.decrypted(Buffer.from(sealed.slice(ENCRYPTED.length), 'base64'), Buffer.from(context));
    const content = packed.subarray(1);
    return packed[0] === IS_DEFLATED ? inflated(content) : content.toString();
  }

  private decrypted(bytes: Buffer, context: Buffer): Buffer {
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) throw foreign();
    const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(context)
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (error) {
      throw new SealError('a message cannot be decrypted: it has another key, was changed, or belongs elsewhere', {
        hint: SAME_KEY,
        cause: error,
      });
    }
  }
}

function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > MOST_BYTES) throw tooLarge();
  return bytes;
}

/** The fastest level: the histograms, which are the most of it, are compressed already. */
function deflated(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, { level: 1 });
}

function inflated(bytes: Buffer): string {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MOST_BYTES }).toString();
  } catch (error) {
    throw error instanceof RangeError ? tooLarge() : foreign(error);
  }
}

function checkLength({ length }: string): void {
  if (length > MOST_SEALED_LENGTH) throw tooLarge();
}

function tooLarge(): SealError {
  return new SealError(`a message is larger than ${MOST_BYTES / 1024 / 1024} MiB`, {
    hint: 'No message of a soak is that large: give the soak and its workers a Redis database of their own.',
  });
}

function foreign(cause?: unknown): SealError {
  return new SealError('a message was not written by this version of sse-probe, or was cut off', {
    hint: 'Use the same version for the soak and its workers, and a Redis database that nothing else uses.',
    cause,
  });
}
