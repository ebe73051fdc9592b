import { expect, it } from 'vitest';
import { misnamedSays } from '../../src/findings/misnamed-field.ts';

const UTF_16 = 'the stream is UTF-16, but clients read UTF-8';
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('utf8');

it.each([
  ['Data: 1', 'field names must be lower case'],
  ['DATA', 'field names must be lower case'],
  [' data: 1', 'there is white space before the field name'],
  ['\tid: 1', 'there is white space before the field name'],
  ['data : 1', 'a field name must be followed by a colon'],
  ['datas: 1', '`datas` is not one of data, event, id and retry'],
  ['msg: {"a":1}', '`msg` is not one of data, event, id and retry'],
  ['{"a":1}', 'it has no field name, and each data line of an event must begin with `data: `'],
  ['<html>', 'it has no field name, and each data line of an event must begin with `data: `'],
  ['hello world', 'it has no field name, and each data line of an event must begin with `data: `'],
  ['\ufeffdata: 2', 'a byte order mark is allowed before the first line only'],
  [utf16('\ufeffdata: 1'), UTF_16],
  [utf16('data: 1'), UTF_16],
  [Buffer.from('data: 1', 'utf16le').swap16().toString('utf8'), UTF_16],
])('the mistake of the line %j in an unknown field is told', (line, says) => {
  expect(misnamedSays(line)).toBe(says);
});

it('the mistake of a line in an unknown field shows no name of any length', () => {
  expect(misnamedSays(`${'x'.repeat(5000)}: 1`).length).toBeLessThan(100);
});
