import type { Target } from '../target/target.ts';

/** Where the clients of a shard connect: the part of a target that another process can be told. */
export type Aim = Pick<Target, 'url' | 'address' | 'port' | 'local' | 'fillBytes' | 'transport'>;
