/**
 * What was made or looked up before, for a bounded number of keys: the one that came first goes first. For keys
 * that others choose, so that they cannot make it grow.
 */
export class BoundedCache<Key, Value> {
  private readonly limit: number;
  private readonly values = new Map<Key, Value>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The value, made by `make` where it is not there yet. */
  get(key: Key, make: () => Value): Value {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.values.set(key, value);
    if (this.values.size > this.limit) {
      for (const oldest of this.values.keys()) {
        this.values.delete(oldest);
        break;
      }
    }
    return value;
  }

  /** Drops the value; the next `get` makes a new one. */
  forget(key: Key): void {
    this.values.delete(key);
  }
}
