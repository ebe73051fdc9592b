/** An id that came in a heartbeat, or in a block without data: a client returns with it as with that of an event. */
export interface GivenId {
  readonly atMs: number;
  /** Empty where it takes the id away. */
  readonly id: string;
  /** How many events had been published before it. */
  readonly behind: number;
}
