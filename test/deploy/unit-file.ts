/** A unit file of systemd, as systemd.syntax(7) describes it, as far as ours go: sections, settings, comments. */
export interface Setting {
  section: string;
  name: string;
  value: string;
}

const SECTION = /^\[([A-Z]\w*)\]$/;
const SETTING = /^([A-Z]\w*)=(.*)$/;

/** @throws for a line that is none of section, setting and comment */
export function settingsOf(text: string): Setting[] {
  const settings: Setting[] = [];
  let section: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const [, opened] = SECTION.exec(line) ?? [];
    const [, name, value] = SETTING.exec(line) ?? [];
    if (opened !== undefined) section = opened;
    else if (section !== null && name !== undefined && value !== undefined) settings.push({ section, name, value });
    else throw new Error(`line ${index + 1}: "${line}" is no section, setting or comment`);
  }
  return settings;
}
