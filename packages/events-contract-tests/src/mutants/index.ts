import type { Mutant } from './mutant.ts';
import { acksBeforeTheDeadLetterIsStored } from './acks-before-the-dead-letter-is-stored.ts';
import { acksBeforeTheHandler } from './acks-before-the-handler.ts';
import { acksOnTimeout } from './acks-on-timeout.ts';
import { comesBackToLifeAfterClose } from './comes-back-to-life-after-close.ts';
import { commitsPastAnUnfinishedMessage } from './commits-past-an-unfinished-message.ts';
import { countsDeliveriesAsAttempts } from './counts-deliveries-as-attempts.ts';
import { dropsOnReconnect } from './drops-on-reconnect.ts';
import { forgetsAttemptsInACrash } from './forgets-attempts-in-a-crash.ts';
import { handsOverBeforeTheOldOwnerHasFinished } from './hands-over-before-the-old-owner-has-finished.ts';
import { healthFromSocketState } from './health-from-socket-state.ts';
import { ignoresTheInFlightLimit } from './ignores-the-in-flight-limit.ts';
import { ignoresUnroutable } from './ignores-unroutable.ts';
import { leaksThePasswordInAnError } from './leaks-the-password-in-an-error.ts';
import { losesDeadLettersAfter20Sweeps } from './loses-dead-letters-after-20-sweeps.ts';
import { reSerialisesADeadLetter } from './re-serialises-a-dead-letter.ts';
import { redrivesToEveryGroup } from './redrives-to-every-group.ts';
import { reordersOnRetry } from './reorders-on-retry.ts';
import { reportsRejectedAfterAnUnknownTry } from './reports-rejected-after-an-unknown-try.ts';
import { resendsUnderANewId } from './resends-under-a-new-id.ts';
import { resolvesSendOnWrite } from './resolves-send-on-write.ts';
import { sharesOneInFlightLimit } from './shares-one-in-flight-limit.ts';
import { standsStillWhenAMemberJoins } from './stands-still-when-a-member-joins.ts';

export const mutants: readonly Mutant[] = [
  acksBeforeTheDeadLetterIsStored,
  acksBeforeTheHandler,
  acksOnTimeout,
  comesBackToLifeAfterClose,
  commitsPastAnUnfinishedMessage,
  countsDeliveriesAsAttempts,
  dropsOnReconnect,
  forgetsAttemptsInACrash,
  handsOverBeforeTheOldOwnerHasFinished,
  healthFromSocketState,
  ignoresTheInFlightLimit,
  ignoresUnroutable,
  leaksThePasswordInAnError,
  losesDeadLettersAfter20Sweeps,
  reSerialisesADeadLetter,
  redrivesToEveryGroup,
  reordersOnRetry,
  reportsRejectedAfterAnUnknownTry,
  resendsUnderANewId,
  resolvesSendOnWrite,
  sharesOneInFlightLimit,
  standsStillWhenAMemberJoins,
];
