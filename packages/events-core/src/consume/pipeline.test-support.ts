import { jsonCodec } from '../codec/json-codec.ts';
import type { Delivery, Settlement } from '../contract/delivery.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import { createTestClock } from '../ports/test-clock.test-support.ts';
import { createHandlerRegistry } from './handler-registry.ts';
import type { Handler, Middleware } from './handler.ts';
import { createInboxGuard } from './inbox-guard.ts';
import type { Inbox } from './inbox.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import { createPipeline } from './pipeline.ts';
import { resolveRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { shopEvents } from '../events/shop-events.test-support.ts';

export interface PipelineSetUp extends Partial<
  Pick<PipelineOptions, 'ordering' | 'concurrency' | 'maxUnsettled' | 'maxHoldMs'>
> {
  readonly handlers?: Readonly<Record<string, Handler>>;
  readonly middleware?: readonly Middleware[];
  readonly retry?: Partial<RetryPolicy>;
  readonly inbox?: Inbox;
  readonly onUnknownType?: 'deadLetter' | 'ignore';
  readonly events?: object;
}

/** A pipeline over the shop's events with a test clock; retries after 1, 3 and 9 seconds, handlers may take 30. */
export function setUpPipeline({ handlers = {}, inbox, retry, events = shopEvents, ...rest }: PipelineSetUp) {
  const clock = createTestClock();
  const log: string[] = [];
  const line = (level: string) => (_details: object, message: string) => void log.push(`${level}: ${message}`);
  const logger = { info: line('info'), warn: line('warn'), error: line('error') };
  const registry = createHandlerRegistry(Object.keys(events));
  for (const [pattern, handler] of Object.entries(handlers)) registry.add(pattern, handler);
  let busy = 0;
  const pipeline = createPipeline({
    group: 'ledger',
    ordering: 'none',
    concurrency: 10,
    handlerTimeoutMs: 30_000,
    maxUnsettled: 10,
    maxHoldMs: null,
    policy: resolveRetryPolicy({ maxAttempts: 3, jitter: 'none', ...retry }),
    onUnknownType: 'deadLetter',
    opening: { events: events as EventDefinitions, codecs: [jsonCodec], foreignAmounts: undefined },
    registry,
    middleware: [],
    inboxGuard: inbox && createInboxGuard({ inbox, group: 'ledger', leaseMs: 35_000, logger, clock }),
    runtime: { clock, random: () => 0.5, logger },
    working: (change) => void (busy += change),
    ...rest,
  });

  /** Delivers without waiting and stores dead letters at once; the fate can be looked at any time. */
  function hand(delivery: Delivery): { fate: Settlement | 'open' } {
    const handed: { fate: Settlement | 'open' } = { fate: 'open' };
    void pipeline.deliver(delivery).then((settlement) => {
      handed.fate = settlement;
      if (settlement.kind === 'deadLetter') settlement.onStored?.();
    });
    return handed;
  }
  return { clock, log, pipeline, hand, busy: () => busy };
}
