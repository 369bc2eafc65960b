import type { Clause } from '../clause.ts';
import { B1 } from './b1-concurrency.ts';
import { B2 } from './b2-stalled-handler.ts';
import { B3 } from './b3-longer-than-heartbeats.ts';
import { B4 } from './b4-slow-link.ts';

export const limits: readonly Clause[] = [B1, B2, B3, B4];
