import type { Capabilities } from '../contract/capabilities.ts';
import type { AdapterRuntime } from '../contract/runtime.ts';
import type { Ordering } from '../contract/subscription.ts';
import type { HandlerRegistry } from './handler-registry.ts';
import type { Middleware } from './handler.ts';
import type { InboxGuard } from './inbox-guard.ts';
import type { Opening } from './open-delivery.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** Everything resolved and checked; see `ConsumerOptions` for meanings, units and defaults. */
export interface PipelineOptions {
  readonly group: string;
  readonly ordering: Ordering;
  readonly concurrency: number;
  readonly handlerTimeoutMs: number;
  readonly maxUnsettled: number;
  readonly policy: RetryPolicy;
  readonly onUnknownType: 'deadLetter' | 'ignore';
  readonly opening: Opening;
  readonly registry: HandlerRegistry;
  readonly middleware: readonly Middleware[];
  readonly inboxGuard: InboxGuard | undefined;
  /** What the broker allows, in milliseconds; `null`: no limit. */
  readonly maxHoldMs: Capabilities['maxHoldMs'];
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random' | 'logger'>;
  /** Counts running handlers for `AdapterRuntime.busy`. */
  readonly working: (change: 1 | -1) => void;
}
