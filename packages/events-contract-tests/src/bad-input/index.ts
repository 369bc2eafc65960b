import type { Clause } from '../clause.ts';
import { E1 } from './e1-undecodable.ts';
import { E2 } from './e2-envelope.ts';
import { E3 } from './e3-hostile-structure.ts';
import { E4 } from './e4-inexact-numbers.ts';
import { E5 } from './e5-unicode.ts';
import { E6 } from './e6-bad-configuration.ts';

export const badInput: readonly Clause[] = [E1, E2, E3, E4, E5, E6];
