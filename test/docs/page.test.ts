import { expect, it } from 'vitest';
import { blocksOf, commandsOf, filesOf } from './page.ts';

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;
const read = (text: string): ReturnType<typeof commandsOf> => commandsOf('page.md', blocksOf('page.md', text));

it('a command of a page has the output behind it, and the marks above it', () => {
  const text = `## One\n\n<!-- given: serve --port 3000 & -->\n<!-- exit 2 -->\n${fenced('sh', 'probe')}\nand it says:\n\n${fenced('', 'CRITICAL')}`;
  const [command, ...others] = read(text);
  expect(others).toEqual([]);
  expect([command?.text, command?.output?.text, command?.section]).toEqual(['probe', 'CRITICAL', 'One']);
  expect([...(command?.marks ?? [])]).toEqual([
    ['exit', '2'],
    ['given', 'serve --port 3000 &'],
  ]);
});

it('a command of a page need not have an output, and a block of another language is none', () => {
  const text = `${fenced('sh', 'one')}${fenced('js', 'two')}${fenced('sh', 'three')}`;
  expect(read(text).map((command) => [command.text, command.output])).toEqual([
    ['one', null],
    ['three', null],
  ]);
});

it('a block of a page with a file mark is a file', () => {
  expect(filesOf(blocksOf('page.md', `<!-- file: a.yaml -->\n${fenced('yaml', 'clients: 5')}`))).toEqual([
    { name: 'a.yaml', text: 'clients: 5\n' },
  ]);
});

it.each([
  [`<!-- not ran: a slip -->\n${fenced('sh', 'one')}`, 'page.md:1: "not ran: a slip" says nothing'],
  [fenced('', 'output'), 'page.md:1: the output stands behind no command'],
  [`${fenced('sh', 'one')}## Two\n${fenced('', 'output')}`, 'page.md:5: the output stands behind no command'],
  [`${fenced('sh', 'one')}${fenced('', 'a')}${fenced('', 'b')}`, 'page.md:7: the output stands behind no command'],
  ['```sh\none\n', 'page.md:1: the block has no end'],
])('the page %j is refused', (text, sentence) => {
  expect(() => read(text)).toThrow(sentence);
});
