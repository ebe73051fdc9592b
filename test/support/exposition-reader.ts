/**
 * A reader of Prometheus' text as strict as the format is (exposition format 0.0.4): it throws for whatever a scrape
 * would be refused for. Written against the documentation of the format, with nothing of what writes it.
 */
export interface ReadSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Page {
  samples: ReadSample[];
  types: Map<string, string>;
  /** The value of a name with these labels, and maybe others; undefined where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)/y;
const UNESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

export function readExposition(text: string): Page {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  const page: Page = { samples: [], types: new Map(), value };
  const seen = new Set<string>();
  let family = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const meta = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (meta !== null) {
      const [, kind, name = '', rest = ''] = meta;
      if (kind === 'TYPE') {
        if (!/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`no type: ${line}`);
        if (page.types.has(name)) throw new Error(`the type of ${name} is said twice`);
        page.types.set(name, rest);
        family = name;
      }
      continue;
    }
    const match = SAMPLE.exec(line);
    if (match === null) throw new Error(`no sample: ${JSON.stringify(line.slice(0, 200))}`);
    const [, name = '', labels = '', value = ''] = match;
    if (name !== family) throw new Error(`${name} stands among the samples of ${family}`);
    const key = `${name}{${labels}}`;
    if (seen.has(key)) throw new Error(`${key} stands twice`);
    seen.add(key);
    page.samples.push({ name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) });
  }
  return page;

  function value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    return page.samples.find(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted),
    )?.value;
  }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null) throw new Error(`no labels: ${JSON.stringify(text.slice(0, 200))}`);
    const [, name = '', value = ''] = match;
    if (Object.hasOwn(labels, name)) throw new Error(`the label ${name} stands twice`);
    labels[name] = value.replace(/\\["\\n]/g, (escaped) => UNESCAPED[escaped] as string);
  }
  return labels;
}
