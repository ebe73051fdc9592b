/**
 * One timing wheel for every deadline of every client (Varghese and Lauck, 1987: hashed wheel with rounds).
 *
 * A timer for each of 18,000 clients costs an object, a closure and a heap; a client that is itself a node of
 * a linked list costs three fields. The wheel owns no timer: its owner calls `advance`. Deadlines fire
 * at the first tick at or after they are due, never before.
 */
const TICK_MS = 10;
const SLOTS = 1024;

/** What a member of the wheel must have. Only the wheel writes these fields. */
export interface WheelNode {
  /** Absolute tick at which the member is due. */
  wheelTick: number;
  /** The list it hangs in; -1 while it waits for nothing. */
  wheelSlot: number;
  wheelPrevious: WheelNode | null;
  wheelNext: WheelNode | null;
  onDue(nowMs: number): void;
}

export class Wheel {
  /** One list for each slot, and a last one for what is due and not fired yet. */
  private readonly heads: (WheelNode | null)[] = Array.from<null>({ length: SLOTS + 1 }).fill(null);
  private readonly startMs: number;
  private tick = 0;

  constructor(nowMs: number) {
    this.startMs = nowMs;
  }

  /** Arms the node's one deadline, in place of an earlier one. */
  schedule(node: WheelNode, dueMs: number): void {
    this.cancel(node);
    node.wheelTick = Math.max(Math.ceil((dueMs - this.startMs) / TICK_MS), this.tick + 1);
    this.hang(node, node.wheelTick % SLOTS);
  }

  cancel(node: WheelNode): void {
    if (node.wheelSlot < 0) return;
    if (node.wheelPrevious === null) this.heads[node.wheelSlot] = node.wheelNext;
    else node.wheelPrevious.wheelNext = node.wheelNext;
    if (node.wheelNext !== null) node.wheelNext.wheelPrevious = node.wheelPrevious;
    node.wheelSlot = -1;
    node.wheelPrevious = null;
    node.wheelNext = null;
  }

  /** Fires everything due by now. A node may schedule or cancel itself and others while it fires. */
  advance(nowMs: number): void {
    const target = Math.floor((nowMs - this.startMs) / TICK_MS);
    // After a long stop (a suspended machine) one round sees every slot.
    const first = Math.max(this.tick + 1, target - SLOTS + 1);
    for (let tick = first; tick <= target; tick++) {
      this.tick = tick;
      this.collect(tick % SLOTS, target);
      for (let due = this.heads[SLOTS] ?? null; due !== null; due = this.heads[SLOTS] ?? null) {
        this.cancel(due);
        due.onDue(nowMs);
      }
    }
  }

  private collect(slot: number, target: number): void {
    let node = this.heads[slot] ?? null;
    while (node !== null) {
      const next: WheelNode | null = node.wheelNext;
      if (node.wheelTick <= target) {
        this.cancel(node);
        this.hang(node, SLOTS);
      }
      node = next;
    }
  }

  private hang(node: WheelNode, slot: number): void {
    const head = this.heads[slot] ?? null;
    node.wheelSlot = slot;
    node.wheelPrevious = null;
    node.wheelNext = head;
    if (head !== null) head.wheelPrevious = node;
    this.heads[slot] = node;
  }
}
