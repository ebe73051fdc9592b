/** Medians over the rounds, with the least and the most beside them, as Markdown. */

const NONE = '–';

/**
 * @param results by subject, the figures of each round in order; null where it failed
 * @param columns title, name of the figure, digits; `timesC` is the processor against that of C in the same round
 */
export function loadTable({ clients, rate }, results, { head, titles, columns }) {
  const rows = Object.entries(results).map(([name, rounds]) => {
    const good = rounds
      .map((figures, round) => figures && { ...figures, timesC: ratio(figures, results.c?.[round]) })
      .filter((figures) => figures !== null);
    return [
      titles[name],
      ...columns.map(({ figure, digits }) =>
        spread(good.map((figures) => figures[figure]).filter(Number.isFinite), digits),
      ),
    ];
  });
  const title = `\n**${clients.toLocaleString('en')} clients × ${rate.toLocaleString('en')} events/s**\n`;
  return [title, ...markdown([[head, ...columns.map(({ title }) => title)], ...rows])].join('\n');
}

/** What each further client costs, without what a process costs once; null unless two loads differ in clients only. */
export function slopeTable(measured, titles) {
  const slow = measured.filter(({ load }) => load.rate === 1).toSorted((a, b) => a.load.clients - b.load.clients);
  const [least, most] = [slow[0], slow.at(-1)];
  if (least === undefined || least === most) return null;
  const rows = Object.keys(least.results).map((name) => [titles[name], ...slope(least, most, name)]);
  const title = `\n**From ${least.load.clients.toLocaleString('en')} to ${most.load.clients.toLocaleString('en')} clients**\n`;
  return [
    title,
    ...markdown([
      ['client', 'KB a further client', 'µs a further event', 'µs an event, most ÷ least clients'],
      ...rows,
    ]),
  ].join('\n');
}

/** The memory that each further client takes, whatever the rate; null with one number of clients. */
export function memorySlope(measured, titles) {
  const sorted = measured.toSorted((a, b) => a.load.clients - b.load.clients);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || least.load.clients === most.load.clients) return null;
  const rows = Object.keys(least.results).map((name) => [titles[name], slope(least, most, name)[0]]);
  return plainTable(
    [
      `${least.load.clients.toLocaleString('en')} to ${most.load.clients.toLocaleString('en')} clients`,
      'KB a further connection',
    ],
    rows,
  );
}

export function plainTable(head, rows) {
  return ['', ...markdown([head, ...rows])].join('\n');
}

function slope(least, most, name) {
  const [few, many] = [least, most].map(({ load, results }) => {
    const good = results[name].filter((figures) => figures !== null);
    const { clients } = load;
    return {
      clients,
      kb: median(good.map((figures) => figures.kbPerClient)) * clients,
      us: median(good.map((figures) => figures.usPerEvent)) * clients,
    };
  });
  const further = many.clients - few.clients;
  const figures = [
    (many.kb - few.kb) / further,
    (many.us - few.us) / further,
    many.us / many.clients / (few.us / few.clients),
  ];
  return figures.map((figure, index) => (Number.isFinite(figure) ? figure.toFixed(index === 2 ? 2 : 1) : NONE));
}

function ratio(figures, floor) {
  return floor === undefined || floor === null ? null : figures.usPerEvent / floor.usPerEvent;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function spread(numbers, digits) {
  if (numbers.length === 0) return NONE;
  const [low, mid, high] = [Math.min(...numbers), median(numbers), Math.max(...numbers)].map((number) =>
    number.toFixed(digits),
  );
  return numbers.length === 1 ? mid : `${mid} (${low}–${high})`;
}

export function markdown([head, ...rows]) {
  const widths = head.map((_title, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)];
}
