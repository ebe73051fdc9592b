/** Changes to the fields of an encoded response head. */

/** The head with this field, in place of one of the same name where there is one. */
export function withField(head: Buffer, name: string, value: string): Buffer {
  const lines = head.toString('latin1').split('\r\n');
  const field = `${name}: ${value}`;
  const at = lines.findIndex((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  if (at === -1) lines.splice(1, 0, field);
  else lines[at] = field;
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
