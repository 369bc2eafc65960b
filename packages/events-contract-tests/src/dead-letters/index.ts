import type { Clause } from '../clause.ts';
import { L1 } from './l1-what-a-letter-holds.ts';
import { L2 } from './l2-store-out-of-reach.ts';
import { L3 } from './l3-one-group-alone.ts';
import { L4 } from './l4-sweeping.ts';

export const deadLetters: readonly Clause[] = [L1, L2, L3, L4];
