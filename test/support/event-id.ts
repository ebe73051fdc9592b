/** The number N of an id `LIFE-N` of the hub; NaN for any other id. */
export function numberOf(id: string | undefined): number {
  return Number(/^[a-z][a-z0-9]{6}-(\d+)$/.exec(id ?? '')?.[1]);
}
