import type { Clause } from '../clause.ts';
import { S1 } from './s1-stop-drains.ts';
import { S2 } from './s2-stop-gives-up.ts';
import { S3 } from './s3-sigterm.ts';
import { S4 } from './s4-stop-wins.ts';
import { S5 } from './s5-nothing-left.ts';

export const stopping: readonly Clause[] = [S1, S2, S3, S4, S5];
