import type { Clause } from '../clause.ts';
import { O1 } from './o1-each-key-in-order.ts';
import { O2 } from './o2-only-its-key-waits.ts';
import { O3 } from './o3-owners-come-and-go.ts';
import { O4 } from './o4-no-order-across-topics.ts';

export const order: readonly Clause[] = [O1, O2, O3, O4];
