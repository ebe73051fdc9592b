import { expect, it } from 'vitest';
import { misnamedSays } from '../../src/findings/misnamed-field.ts';

const UTF_16 = 'the stream is UTF-16, and clients read UTF-8';
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('utf8');

it.each([
  ['Data: 1', 'names of fields are lower case'],
  ['DATA', 'names of fields are lower case'],
  [' data: 1', 'white space stands before the name of the field'],
  ['\tid: 1', 'white space stands before the name of the field'],
  ['data : 1', 'the name of a field ends with its colon'],
  ['datas: 1', '`datas` is none of data, event, id and retry'],
  ['msg: {"a":1}', '`msg` is none of data, event, id and retry'],
  ['{"a":1}', 'it stands in no field, and each line of an event needs `data: ` before it'],
  ['<html>', 'it stands in no field, and each line of an event needs `data: ` before it'],
  ['hello world', 'it stands in no field, and each line of an event needs `data: ` before it'],
  ['\ufeffdata: 2', 'a byte order mark belongs before the first line only'],
  [utf16('\ufeffdata: 1'), UTF_16],
  [utf16('data: 1'), UTF_16],
  [Buffer.from('data: 1', 'utf16le').swap16().toString('utf8'), UTF_16],
])('the mistake of the line %j in an unknown field is told', (line, says) => {
  expect(misnamedSays(line)).toBe(says);
});

it('the mistake of a line in an unknown field shows no name of any length', () => {
  expect(misnamedSays(`${'x'.repeat(5000)}: 1`).length).toBeLessThan(100);
});
