/** The rows of all tables, each as its cells. */
export function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** How many cells each row has. */
export function tableShape(text: string): number[] {
  return tableRows(text).map((row) => row.length);
}
