/** The colours that a canvas needs, out of the style sheet, where both schemes are. */
export class Palette {
  muted = '';
  grid = '';
  line = '';
  secondLine = '';
  area = '';

  constructor() {
    this.read();
  }

  read(): void {
    const style = getComputedStyle(document.documentElement);
    this.muted = style.getPropertyValue('--muted');
    this.grid = style.getPropertyValue('--rule');
    this.line = style.getPropertyValue('--line');
    this.secondLine = style.getPropertyValue('--second-line');
    this.area = style.getPropertyValue('--area');
  }
}
