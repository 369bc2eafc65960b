import type { Contest } from './contest/contest.ts';
import { kafkaContest } from './kafka/contest.ts';
import { rabbitmqContest } from './rabbitmq/contest.ts';

/** Brokers on which our library competes with programs on the client library. A new adapter adds its line. */
export const contests: readonly Contest[] = [rabbitmqContest, kafkaContest];
