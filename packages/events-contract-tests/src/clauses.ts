import { badInput } from './bad-input/index.ts';
import type { Clause } from './clause.ts';
import { deadLetters } from './dead-letters/index.ts';
import { delivery } from './delivery/index.ts';
import { health } from './health/index.ts';
import { limits } from './limits/index.ts';
import { order } from './order/index.ts';
import { patterns } from './patterns/index.ts';
import { publishing } from './publishing/index.ts';
import { reconnecting } from './reconnecting/index.ts';
import { retrying } from './retrying/index.ts';
import { settling } from './settling/index.ts';
import { stopping } from './stopping/index.ts';

/** All clauses, in the order of the contract. */
export const clauseGroups: Readonly<Record<string, readonly Clause[]>> = {
  Publishing: publishing,
  'Delivery and groups': delivery,
  Settling: settling,
  Retrying: retrying,
  'Dead letters': deadLetters,
  Order: order,
  Patterns: patterns,
  Limits: limits,
  Stopping: stopping,
  Reconnecting: reconnecting,
  'Bad input': badInput,
  'Health and safety': health,
};

export const clauses: readonly Clause[] = Object.values(clauseGroups).flat();
