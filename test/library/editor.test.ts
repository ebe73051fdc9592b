import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DocComment, docComments } from './doc-comments.ts';
import { Editor } from './editor.ts';
import { PackedProject } from './packed.ts';

let project: PackedProject;
let editor: Editor;
let file: string;

const ASKING = docComments('src/library/asking-options.ts', 'AskingOptions');
/** Types that the package exports, with the members that an editor is to explain. */
const TYPES: Readonly<Record<string, readonly DocComment[]>> = {
  SseHubOptions: docComments('src/hub/hub-options.ts', 'SseHubOptions'),
  SoakOptions: [
    ...docComments('src/library/soak-options.ts', 'SoakOptions'),
    ...ASKING,
    ...docComments('src/library/spread-options.ts', 'SpreadOptions'),
  ],
  ProbeOptions: [...docComments('src/library/probe-options.ts', 'ProbeOptions'), ...ASKING],
  SoakReport: docComments('src/report/soak/soak-report.ts', 'SoakReport'),
  ProbeReport: [
    ...docComments('src/report/probe/probe-report.ts', 'ProbeReport'),
    ...docComments('src/probe/result.ts', 'ProbeResult'),
  ],
};

/** One line for each member, in which a program writes it. */
const members = Object.entries(TYPES).flatMap(([type, comments]) => comments.map((comment) => ({ type, comment })));
const PROGRAM = [
  `import type { ${Object.keys(TYPES).join(', ')} } from 'sse-probe';`,
  ...members.map(({ type, comment }, index) => `export const value${index} = (of: ${type}) => of['${comment.name}'];`),
].join('\n');

beforeAll(async () => {
  project = await PackedProject.create(['@types/node', 'undici-types']);
  project.write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, types: ['node'] } }),
  );
  file = project.write('user.ts', PROGRAM);
  editor = await Editor.open(file, PROGRAM);
});
afterAll(async () => {
  await editor.close();
  project.remove();
});

it.each(Object.keys(TYPES))(
  'the language server an editor shows the sentence and the default of each member of %s',
  async (type) => {
    const shown: [name: string, text: string][] = [];
    const wanted: [name: string, text: string][] = [];
    for (const [index, { type: of, comment }] of members.entries()) {
      if (of !== type) continue;
      const line = PROGRAM.split('\n')[index + 1] ?? '';
      const hover = await editor.hover(file, { line: index + 1, character: line.indexOf("['") + 3 });
      const [, said = ''] = hover.split('\n```\n');
      shown.push([comment.name, said.replaceAll(/\s+/g, ' ').trim()]);
      const value = comment.default === null ? '' : ` *@defaultValue* — ${comment.default}`;
      wanted.push([comment.name, `${comment.text}${value}`]);
    }
    expect(shown).toEqual(wanted);
  },
);
