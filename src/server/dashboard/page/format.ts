/** Figures as people read them. */
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1 client`, `2,000 clients`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Three figures: `980 B`, `1.21 KiB`, `36.4 MiB`. */
export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < SIZES.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? count(size) : size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} ${SIZES[unit]}`;
}

/** A number of things a second. */
export function perSecond(value: number): string {
  return `${value < 10 ? value.toFixed(1) : count(value)}/s`;
}

export function eventsPerSecond(value: number): string {
  return `${value < 10 ? value.toFixed(1) : count(value)} events/s`;
}

export function bytesPerSecond(value: number): string {
  return `${bytes(value)}/s`;
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : count(value)} ms`;
}

/** The two largest units: `850 ms`, `3.2 s`, `4 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function duration(valueMs: number): string {
  if (valueMs < 1000) return `${Math.round(valueMs)} ms`;
  const seconds = valueMs / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} m` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Time of day here, to the minute or to the second. */
export function timeOfDay(atMs: number, precision: 'minute' | 'second'): string {
  const at = new Date(atMs);
  const parts =
    precision === 'minute' ? [at.getHours(), at.getMinutes()] : [at.getHours(), at.getMinutes(), at.getSeconds()];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
