/**
 * The HTML standard's own words as the shortest program: decode all, split all, then 9.2.6 line by line. It
 * knows nothing of chunks, limits or speed, and is what the parser must not differ from.
 */
import type { Said } from './recorder.ts';

export function interpretAsTheStandardSays(stream: Uint8Array): Said[] {
  const said: Said[] = [];
  const lines = new TextDecoder('utf-8').decode(stream).split(/\r\n|\n|\r/);
  // What follows the last line end is no line: "any pending data must be discarded".
  lines.pop();
  let [data, type, idBuffer, ownId] = ['', '', '', false];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (line === '') {
      if (data !== '')
        said.push({ event: { type: type || 'message', data: data.replace(/\n$/, ''), lastEventId: idBuffer }, ownId });
      [data, type, ownId] = ['', '', false];
    } else if (colon === 0) {
      said.push({ comment: line.slice(1).replace(/^ /, '') });
    } else {
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') type = value;
      if (field === 'data') data += `${value}\n`;
      if (field === 'id' && !value.includes('\0')) [idBuffer, ownId] = [value, true];
      if (field === 'retry' && /^[0-9]+$/.test(value))
        said.push({ retry: Math.min(Number(value), Number.MAX_SAFE_INTEGER) });
    }
  }
  return said;
}
