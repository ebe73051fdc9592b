/**
 * The resident memory of this process, in bytes; null where the system does not tell: Linux gives it in a file of /proc,
 * which may not be there, and for which there may be no descriptor.
 */
export function ownResidentBytes(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch (error) {
    if (!UNTOLD.has((error as NodeJS.ErrnoException).code)) throw error;
    return null;
  }
}

const UNTOLD = new Set<unknown>(['ENOENT', 'EACCES', 'EMFILE', 'ENFILE']);
