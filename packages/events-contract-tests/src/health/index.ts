import type { Clause } from '../clause.ts';
import { H1 } from './h1-health-is-progress.ts';
import { H2 } from './h2-backlog.ts';
import { I1 } from './i1-inbox.ts';
import { Z1 } from './z1-no-secret-shown.ts';
import { Z2 } from './z2-tls.ts';

export const health: readonly Clause[] = [H1, H2, Z1, Z2, I1];
