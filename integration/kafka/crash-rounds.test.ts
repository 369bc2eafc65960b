import { describeCrashRounds } from '../crash-rounds/describe-crash-rounds.ts';
import { sessionMs } from './support/short-session.ts';
import { openNamespace } from './support/namespace.ts';

describeCrashRounds('Kafka', async () => ({
  messaging: (await openNamespace()).messaging,
  module: import.meta.resolve('./support/short-session.ts'),
  silenceMs: sessionMs + 3_000,
  heldAfterKillMs: sessionMs,
}));
