import type { Clause } from '../clause.ts';
import { X1 } from './x1-restarted-and-killed.ts';
import { X2, X9 } from './x2-x9-away-and-paused.ts';
import { X3, X4 } from './x3-x4-cut-connections.ts';
import { X5, X6 } from './x5-x6-silent-links.ts';
import { X7 } from './x7-slow-links.ts';
import { X11 } from './x11-changed-conditions.ts';

export const reconnecting: readonly Clause[] = [X1, X2, X3, X4, X5, X6, X7, X9, X11];
