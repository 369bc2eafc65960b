import type { Clause } from '../clause.ts';
import { G1 } from './g1-one-group-shares.ts';
import { G2, G3 } from './g2-g3-groups-and-topics.ts';
import { G4 } from './g4-join-and-leave.ts';
import { G5 } from './g5-consumer-dies.ts';
import { G6 } from './g6-group-resumes.ts';
import { G7 } from './g7-delivered-from-start.ts';

export const delivery: readonly Clause[] = [G1, G2, G3, G4, G5, G6, G7];
