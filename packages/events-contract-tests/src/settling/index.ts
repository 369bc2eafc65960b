import type { Clause } from '../clause.ts';
import { A1 } from './a1-acknowledged-after-the-handler.ts';
import { A2 } from './a2-handlers-that-fail.ts';
import { A3 } from './a3-longer-than-the-lease.ts';
import { A4 } from './a4-late-and-foreign-settlements.ts';
import { A5 } from './a5-nothing-past-the-unfinished.ts';

export const settling: readonly Clause[] = [A1, A2, A3, A4, A5];
