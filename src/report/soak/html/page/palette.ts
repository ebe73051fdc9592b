/** The colours that a canvas needs, out of the style sheet, where both schemes are. */
export class Palette {
  back = '';
  text = '';
  muted = '';
  rule = '';
  band = '';
  lines: string[] = [];

  constructor() {
    this.read();
  }

  read(): void {
    const style = getComputedStyle(document.documentElement);
    this.back = style.getPropertyValue('--back');
    this.text = style.getPropertyValue('--text');
    this.muted = style.getPropertyValue('--muted');
    this.rule = style.getPropertyValue('--rule');
    this.band = style.getPropertyValue('--band');
    this.lines = Array.from({ length: LINE_COLOURS }, (_, at) => style.getPropertyValue(`--line-${at}`));
  }

  line(style: number): string {
    return this.lines[style % LINE_COLOURS] ?? this.text;
  }
}

const LINE_COLOURS = 6;
