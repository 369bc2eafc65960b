import type { Clause } from '../clause.ts';
import { W1 } from './w1-patterns-select.ts';
import { W2 } from './w2-new-types.ts';
import { W3 } from './w3-names-and-handlers.ts';
import { W4 } from './w4-unwanted-and-twice.ts';

export const patterns: readonly Clause[] = [W1, W2, W3, W4];
