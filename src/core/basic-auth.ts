/**
 * The user info of a URL as Basic credentials (RFC 7617), read as curl reads it: `%` and two hexadecimal digits
 * are one byte, and every other `%` stands for itself. The bytes need not be UTF-8.
 * Unlike curl, which refuses `%00`, a NUL is sent: nothing here ends a text at it.
 */

/** The value of `Authorization` or `Proxy-Authorization`; undefined without user info. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${percentDecoded(`${username}:${password}`).toString('base64')}`;
}

/** `URL` has encoded all that is not ASCII, so that each remaining character is one byte. */
function percentDecoded(text: string): Buffer {
  const bytes = text.replace(/%([\da-f]{2})/gi, (_escape, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}
