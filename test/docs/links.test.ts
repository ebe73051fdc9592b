/** Every relative link of the documentation leads to a file, and where it names a place in a page, to a heading of it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/program.ts';
import { PAGES } from './page.ts';

const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** As GitHub makes them: lower case, spaces to hyphens, all else but letters, digits and hyphens left out. */
function anchorsOf(page: string): Set<string> {
  const headings = read(page)
    .replaceAll(/^```[^]*?^```$/gm, '')
    .matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).has(anchor);
  });
}

it.each([...PAGES, 'CONTRIBUTING.md', 'CHANGELOG.md'])('every relative link of %s leads somewhere', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

it('every page of docs/ can be reached from the README', () => {
  const linked = new Set([...read('README.md').matchAll(/\]\((docs\/[a-z-]+\.md)/g)].map(([, page]) => page));
  expect(PAGES.filter((page) => page !== 'README.md' && !linked.has(page))).toEqual([]);
});

it('the README is read in ten minutes: fewer than 250 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThan(250);
});
