/** One layer between a server and its clients, and after how long it cuts a stream by default. */
export type LimitKind = 'idle' | 'absolute' | 'first-byte';

export interface Intermediary {
  readonly name: string;
  readonly limitMs: number;
  readonly kind: LimitKind;
  /** Other values that were documented or measured for the same layer. */
  readonly alsoMs?: readonly number[];
  /** It is no default, but the value that its documentation, or what most people copy, has in its examples. */
  readonly isExample?: true;
  /** Where it was read: a page, or its address. */
  readonly source: string;
  /** What it applies to, or what raises it. */
  readonly note: string;
}
