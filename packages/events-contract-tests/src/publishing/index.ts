import type { Clause } from '../clause.ts';
import { P1 } from './p1-waiting-events-arrive.ts';
import { P2 } from './p2-kept-without-consumers.ts';
import { P3 } from './p3-broker-killed.ts';
import { P4 } from './p4-refusals.ts';
import { P5 } from './p5-lost-reply.ts';
import { P6 } from './p6-broker-away.ts';
import { P7 } from './p7-close-settles.ts';
import { P8 } from './p8-too-large.ts';

export const publishing: readonly Clause[] = [P1, P2, P3, P4, P5, P6, P7, P8];
