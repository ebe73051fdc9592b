/**
 * Which names, of query parameters, header fields and fields of a body, go with a secret: passwords, tokens, keys,
 * signatures, sessions, tickets, codes that work once, and what SAML and OAuth send through a browser.
 *
 * Judged by the words of a name and not by letters anywhere in it: `keyword`, `author`, `design` and `zip_code` say
 * what somebody wants to read in a report. Where a name leaves it open, it is taken for that of a secret.
 */

/** What means a secret wherever it stands in a name, also where words run together: `phpsessid`, `authtoken2`. */
const ANYWHERE =
  /token|secret|passw|passphrase|passcode|passkey|pwd|bearer|signature|credential|cookie|session|sessid|jwt|saml|relaystate|ticket|oauth|authori[sz]|authn|hmac|csrf|xsrf|nonce|assertion|verifier|challenge|onetime|connectionstring|webhook/;

const WORDS: ReadonlySet<string> = new Set([
  'activation',
  'auth',
  'authenticity',
  'code',
  'codes',
  'confirmation',
  'dsn',
  'hdnea',
  'hdntl',
  'hdnts',
  'invitation',
  'invite',
  'key',
  'keys',
  'magic',
  'mfa',
  'otp',
  'ott',
  'pass',
  'pgt',
  'pin',
  'psk',
  'pw',
  'sas',
  'sess',
  'sid',
  'sig',
  'sign',
  'sso',
  'tgt',
  'tkt',
  'tok',
  'totp',
  'tfa',
  'verification',
  'wctx',
  'wresult',
]);
/** Words that run together with one of them, but for the words of the language that do so too. */
const BEGINNING = /^(?:auth(?!or)|pass(?!age|eng|iv|ion))/;
const ENDING = /(?:key|pass|code|auth|otp|sid|sig)$/;
const NO_ENDING =
  /(?:monkey|turkey|hockey|donkey|jockey|whiskey|compass|bypass|trespass|encode|decode|transcode|unicode|barcode|qrcode|opcode|charcode|postcode|zipcode|geocode|(?:lang|area|country|currency|status|error|exit|http|color)code)$/;
/** Figures of language models. */
const COUNTED_TOKENS = /(?:max|min|num|total|prompt|completion|input|output|budget|thinking|reasoning)[a-z]*tokens$/;
/** What makes a word of the list the name of something that is none: `country_code`, `sort_key`. */
const OPEN_KINDS: ReadonlyMap<string, RegExp> = new Map([
  [
    'code',
    /^(?:country|language|lang|locale|currency|status|error|exit|zip|postal|post|area|region|airport|product|colou?r|http|close|reason|source|message|event|iso|state)$/,
  ],
  ['key', /^(?:sort|partition|primary|foreign|object|cache|routing|shard|group|row|event|message|order|range)$/],
]);

/** Whether what goes under this name is likely a secret. */
export function namesSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  const together = words.join('');
  if (COUNTED_TOKENS.test(together)) return false;
  if (ANYWHERE.test(together)) return true;
  return words.some((word, at) => {
    if (WORDS.has(word)) return OPEN_KINDS.get(word)?.test(words[at - 1] ?? '') !== true;
    return BEGINNING.test(word) || (ENDING.test(word) && !NO_ENDING.test(word));
  });
}
