/** Lines that are broken between words where they are longer than a page is wide, as a terminal would show them. */
export function foldedLines(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => fold(line, width))
    .join('\n');
}

function fold(line: string, width: number): string[] {
  // Bars have their place in a line, and JSON has no words.
  if (line.length <= width || /[━▮{]/.test(line)) return [line];
  const indent = `${/^\s*/.exec(line)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at));
    rest = `${indent}${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}
