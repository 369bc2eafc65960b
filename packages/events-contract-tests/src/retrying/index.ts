import type { Clause } from '../clause.ts';
import { R1 } from './r1-delays-and-attempts.ts';
import { R2, R3 } from './r2-r3-exhausted-and-overtaken.ts';
import { R4 } from './r4-crash-during-the-wait.ts';
import { R5 } from './r5-crash-loops.ts';

export const retrying: readonly Clause[] = [R1, R2, R3, R4, R5];
