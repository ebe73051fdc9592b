/** How lines differ without colour: by dashes, on the canvas and in the keys alike. In pixels, drawn and left out. */
const LINE_DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 4], [4, 2]];

export function dashOf(style: number): readonly number[] {
  return LINE_DASHES[style % LINE_DASHES.length] ?? [];
}
