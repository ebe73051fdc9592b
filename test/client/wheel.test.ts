import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Wheel, type WheelNode } from '../../src/client/wheel.ts';
import { runs } from '../sse/recorder.ts';

const TICK_MS = 10;
const SLOTS = 1024;
const START_MS = 12_345;

type Act = { do: 'schedule'; node: number; inMs: number } | { do: 'cancel'; node: number } | { do: 'pass'; ms: number };

/** A node that does, each time it is due, the next of the things that it was told to do. */
class Member implements WheelNode {
  wheelTick = 0;
  wheelSlot = -1;
  wheelPrevious: WheelNode | null = null;
  wheelNext: WheelNode | null = null;
  readonly whenDue: Act[][] = [];
  private readonly model: Model;
  private readonly index: number;

  constructor(model: Model, index: number) {
    this.model = model;
    this.index = index;
  }

  onDue(nowMs: number): void {
    this.model.fired(this.index, nowMs);
    for (const act of this.whenDue.shift() ?? []) this.model.act(act);
  }
}

/** The wheel and, beside it, a plain list of who waits for when. */
class Model {
  readonly members: Member[];
  readonly log: { node: number; nowMs: number }[] = [];
  readonly faults: string[] = [];
  nowMs = START_MS;
  private readonly wheel = new Wheel(START_MS);
  private readonly waiting = new Map<number, { dueMs: number; late: boolean }>();
  private advancing = false;

  constructor(nodes: number) {
    this.members = Array.from({ length: nodes }, (_, index) => new Member(this, index));
  }

  act(act: Act): void {
    if (act.do === 'schedule') {
      const dueMs = this.nowMs + act.inMs;
      // What is armed for a time that has come already waits for the next tick, which may lie in this advance.
      this.waiting.set(act.node, { dueMs, late: this.tickOf(dueMs) <= Math.floor((this.nowMs - START_MS) / TICK_MS) });
      this.wheel.schedule(this.members[act.node] as Member, dueMs);
    } else if (act.do === 'cancel') {
      this.waiting.delete(act.node);
      this.wheel.cancel(this.members[act.node] as Member);
    } else if (!this.advancing) {
      this.pass(act.ms);
    }
  }

  fired(node: number, nowMs: number): void {
    this.log.push({ node, nowMs });
    const entry = this.waiting.get(node);
    if (entry === undefined) this.faults.push(`${node} fired without being armed`);
    else if (nowMs < entry.dueMs) this.faults.push(`${node} fired ${entry.dueMs - nowMs} ms before it was due`);
    if (nowMs !== this.nowMs) this.faults.push(`${node} was told ${nowMs} at ${this.nowMs}`);
    if ((this.members[node] as Member).wheelSlot !== -1)
      this.faults.push(`${node} still hangs in the wheel while it fires`);
    this.waiting.delete(node);
  }

  check(): void {
    for (const [node, { dueMs }] of this.waiting) {
      if ((this.members[node] as Member).wheelSlot === -1)
        this.faults.push(`${node} waits for ${dueMs} and is not in the wheel`);
    }
    for (const [index, { wheelSlot }] of this.members.entries()) {
      if (wheelSlot !== -1 && !this.waiting.has(index))
        this.faults.push(`${index} is in the wheel and waits for nothing`);
    }
  }

  private pass(ms: number): void {
    const before = [...this.waiting];
    const tickBefore = Math.floor((this.nowMs - START_MS) / TICK_MS);
    this.nowMs += ms;
    const tick = Math.floor((this.nowMs - START_MS) / TICK_MS);
    this.advancing = true;
    this.wheel.advance(this.nowMs);
    this.advancing = false;
    for (const [node, entry] of before) {
      const isDue = entry.late ? tick > tickBefore : this.tickOf(entry.dueMs) <= tick;
      // The same object: neither fired nor armed anew.
      if (isDue && this.waiting.get(node) === entry)
        this.faults.push(`${node} was due at ${entry.dueMs} and did not fire by ${this.nowMs}`);
    }
  }

  private tickOf(dueMs: number): number {
    return Math.ceil((dueMs - START_MS) / TICK_MS);
  }
}

const NODES = 6;
const node = fc.nat({ max: NODES - 1 });
const duration = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 4000 }).map((quarters) => quarters / 4) },
  { weight: 2, arbitrary: fc.constantFrom(0, 9, 10, 11, 10_230, 10_240, 10_250, 20_480) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
);
const schedule = fc.record({
  do: fc.constant('schedule' as const),
  node,
  inMs: fc.oneof(
    duration,
    duration,
    duration.map((ms) => -ms),
  ),
});
const cancel = fc.record({ do: fc.constant('cancel' as const), node });
const pass = fc.record({ do: fc.constant('pass' as const), ms: duration });
const whenDue = fc.array(fc.tuple(node, fc.array(fc.oneof(schedule, cancel), { maxLength: 3 })), { maxLength: 12 });

it('the wheel fires what is due at the first tick at or after, once, and nothing else, whatever its members do meanwhile', () => {
  const acts = fc.array(
    fc.oneof({ weight: 3, arbitrary: schedule }, { weight: 1, arbitrary: cancel }, { weight: 3, arbitrary: pass }),
    {
      maxLength: 60,
      size: 'max',
    },
  );
  fc.assert(
    fc.property(acts, whenDue, (acts, scripts) => {
      const model = new Model(NODES);
      for (const [index, script] of scripts) model.members[index]?.whenDue.push(script);
      for (const act of acts) {
        model.act(act);
        model.check();
      }
      // In the end everybody who still waits is let go.
      for (let n = 0; n < 20; n++) model.act({ do: 'pass', ms: 11_000 });
      model.check();
      expect(model.faults).toEqual([]);
    }),
    runs(3000),
  );
});

it('the wheel never fires early and never a tick late, driven tick by tick', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 * SLOTS * TICK_MS }), { maxLength: 50 }), (delaysMs) => {
      const model = new Model(delaysMs.length);
      for (const [index, inMs] of delaysMs.entries()) model.act({ do: 'schedule', node: index, inMs });
      for (let tick = 0; tick < 3 * SLOTS; tick++) model.act({ do: 'pass', ms: TICK_MS });
      expect(model.faults).toEqual([]);
      expect(model.log.toSorted((a, b) => a.node - b.node)).toEqual(
        delaysMs.map((inMs, index) => ({ node: index, nowMs: START_MS + Math.ceil(inMs / TICK_MS) * TICK_MS })),
      );
    }),
    runs(50),
  );
});

it('the wheel fires in the order of the ticks', () => {
  const model = new Model(4);
  for (const [index, inMs] of [40, 10, 30, 20].entries()) model.act({ do: 'schedule', node: index, inMs });
  model.act({ do: 'pass', ms: 100 });
  expect(model.log.map(({ node }) => node)).toEqual([1, 3, 2, 0]);
});

it('the wheel sees every deadline in one round after a stop of an hour', () => {
  const model = new Model(2000);
  for (let index = 0; index < 2000; index++) model.act({ do: 'schedule', node: index, inMs: 1 + index * 1700 });
  model.act({ do: 'pass', ms: 3_600_000 });
  expect(model.log).toHaveLength(2000);
  expect(model.faults).toEqual([]);
});

it('the wheel lets a member arm itself again each time, and stops when it stops', () => {
  const model = new Model(1);
  const member = model.members[0] as Member;
  for (let n = 0; n < 5; n++) member.whenDue.push([{ do: 'schedule', node: 0, inMs: 50 }]);
  model.act({ do: 'schedule', node: 0, inMs: 50 });
  for (let n = 0; n < 100; n++) model.act({ do: 'pass', ms: TICK_MS });
  expect(model.log.map(({ nowMs }) => nowMs - START_MS)).toEqual([50, 100, 150, 200, 250, 300]);
});

it('the wheel does not fire a member that another one cancels in the same tick', () => {
  const model = new Model(2);
  for (const [index, member] of model.members.entries()) member.whenDue.push([{ do: 'cancel', node: 1 - index }]);
  model.act({ do: 'schedule', node: 0, inMs: 10 });
  model.act({ do: 'schedule', node: 1, inMs: 10 });
  model.act({ do: 'pass', ms: 30 });
  expect(model.log).toHaveLength(1);
  expect(model.faults).toEqual([]);
});

it('the wheel does nothing when time stands still or goes back', () => {
  const model = new Model(1);
  model.act({ do: 'schedule', node: 0, inMs: 20 });
  model.act({ do: 'pass', ms: 10 });
  model.act({ do: 'pass', ms: 0 });
  model.act({ do: 'pass', ms: -500 });
  expect(model.log).toEqual([]);
  model.act({ do: 'pass', ms: 510 });
  expect(model.log).toEqual([{ node: 0, nowMs: START_MS + 20 }]);
});

it('the wheel goes on with the others when one of them throws', () => {
  const wheel = new Wheel(0);
  const fired: string[] = [];
  const member = (name: string, then: () => void): WheelNode => ({
    wheelTick: 0,
    wheelSlot: -1,
    wheelPrevious: null,
    wheelNext: null,
    onDue: () => {
      fired.push(name);
      then();
    },
  });
  wheel.schedule(
    member('sound', () => {}),
    10,
  );
  wheel.schedule(
    member('broken', () => {
      throw new Error('a bug');
    }),
    10,
  );
  expect(() => wheel.advance(10)).toThrow('a bug');
  wheel.advance(20);
  expect(fired.toSorted()).toEqual(['broken', 'sound']);
});
