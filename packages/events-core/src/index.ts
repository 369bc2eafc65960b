export type { BrokerAdapter } from './contract/adapter.ts';
export type { Backlog } from './contract/backlog.ts';
export type { Capabilities } from './contract/capabilities.ts';
export type { DeadLetter, DeadLetterStore, SweepResult, SweepVerdict } from './contract/dead-letters.ts';
export type { Deliver, Delivery, DeliveryState, Settlement } from './contract/delivery.ts';
export type { HealthProblem, HealthReport } from './contract/health.ts';
export type { Headers, IncomingMessage, OutgoingMessage, SendReceipt } from './contract/message.ts';
export type { AdapterNotice, AdapterRuntime, Clock, Logger } from './contract/runtime.ts';
export type { AdapterSubscription, GroupSpec, Ordering, SubscriptionSpec } from './contract/subscription.ts';

export { BrokerUnavailableError } from './errors/broker-unavailable-error.ts';
export { ClosedError } from './errors/closed-error.ts';
export { ConfigurationError } from './errors/configuration-error.ts';
export { DeadLetterStoreBusyError } from './errors/dead-letter-store-busy-error.ts';
export { describeError, type ErrorDescription } from './errors/describe-error.ts';
export { EventsError, type EventsErrorOptions } from './errors/events-error.ts';
export { HandlerTimeoutError } from './errors/handler-timeout-error.ts';
export { InvalidEventError, type EventIssue } from './errors/invalid-event-error.ts';
export { NonRetryableError } from './errors/non-retryable-error.ts';
export { OperationPublishError, type OperationPublishFailure } from './errors/operation-publish-error.ts';
export { PublishOutcomeUnknownError } from './errors/publish-outcome-unknown-error.ts';
export {
  PublishRejectedError,
  type PublishFailure,
  type PublishRejectionReason,
} from './errors/publish-rejected-error.ts';
export { SendError, type SendErrorOptions, type SendFailureReason } from './errors/send-error.ts';
export { UndecodableError } from './errors/undecodable-error.ts';
export { UnsupportedCapabilityError } from './errors/unsupported-capability-error.ts';
export { redact } from './errors/redact.ts';

export type { AmountFields, EventDefinition, EventDefinitions } from './events/event-definition.ts';
export type { Event, PreparedEvent } from './events/event.ts';
export type {
  CheckPattern,
  DataIn,
  DataOut,
  EventOf,
  Matching,
  PatternHint,
  PaymentEvent,
  TypeOf,
} from './events/event-types.ts';
export type { CustomerCreated, CustomerDeleted, CustomerUpdated } from './events/customer.ts';
export { defineEvents, type CustomEvent, type EventsWith } from './events/define-events.ts';
export type { InvoiceCreated, InvoicePaid, InvoicePaymentFailed, InvoiceUpdated } from './events/invoice.ts';
export type { MethodCreated, MethodDeleted, MethodUpdated } from './events/method.ts';
export type {
  SubscriptionCanceled,
  SubscriptionCreated,
  SubscriptionRenewed,
  SubscriptionUpdated,
} from './events/subscription.ts';
export type {
  TransactionCreated,
  TransactionFailed,
  TransactionRefunded,
  TransactionSucceeded,
} from './events/transaction.ts';
export type { UsageRecorded } from './events/usage.ts';
export { groupProblem, topicOf, typeProblem } from './events/names.ts';
export { compilePattern, typesMatching } from './events/pattern.ts';
export { exampleOf, jsonSchemaOf, paymentEvents, type PaymentEvents } from './events/payment-events.ts';
export { unchecked } from './events/unchecked.ts';
/** So that an application can name what its catalogues are made of without a dependency of its own. */
export type { StandardSchemaV1 } from '@standard-schema/spec';

export type { Codec, DecodedEvent } from './codec/codec.ts';
export type { ForeignAmounts } from './codec/foreign.ts';
export { jsonCodec } from './codec/json-codec.ts';

export { createPublisher } from './publish/create-publisher.ts';
export type { PublisherOptions } from './publish/publish-options.ts';
export type { Publisher, PublishOptions, PublishReceipt } from './publish/publisher.ts';

export { createConsumer } from './consume/create-consumer.ts';
export type { ConsumerOptions } from './consume/consumer-options.ts';
export type { Consumer, ConsumerStats, StopReport, UnfinishedEvent } from './consume/consumer.ts';
export type { Handler, HandlerContext, Middleware, RetryOptions } from './consume/handler.ts';
export type { Inbox } from './consume/inbox.ts';
export { memoryInbox, type MemoryInboxOptions } from './consume/memory-inbox.ts';
export { defaultRetryPolicy, type RetryPolicy } from './consume/retry-policy.ts';

export {
  setupDefaultConsumers,
  type DefaultHandlerOverrides,
  type HandlerRegistration,
} from './consume/default-handlers.ts';
export type {
  Announce,
  Announcement,
  Announcements,
  OperationOf,
  PublishingPayments,
  PublishingPaymentsOptions,
} from './publish/announcements.ts';
export { publishingPayments } from './publish/publishing-payments.ts';

export type { Broker } from './connection/broker.ts';
export { connectBroker, type ConnectOptions } from './broker/connect-broker.ts';
export type { ConnectionPorts } from './connection/connection.ts';

export type { ConnectionConfig } from './config/connection-keys.ts';
export { credentialsOf } from './config/connection-keys.ts';
export { readConnectionUrl, type ConnectionUrl, type Endpoint } from './config/endpoints.ts';
export type { KafkaConfig } from './config/kafka-config.ts';
export type { Environment } from './config/environment.ts';
export type { AdapterPackage } from './config/load-adapter.ts';
export { loadConfig } from './config/load-config.ts';
export type { MemoryConfig } from './config/memory-config.ts';
export type { MessagingConfig } from './config/messaging-config.ts';
export type { NatsConfig } from './config/nats-config.ts';
export { parseConfig, type Config, type ParseConfigOptions } from './config/parse-config.ts';
export type { RabbitmqConfig } from './config/rabbitmq-config.ts';
export type { RedisConfig } from './config/redis-config.ts';
export type { TlsConfig } from './config/tls-config.ts';

export { deadLetters } from './dead-letters/dead-letters.ts';
export type { DeadLetterEntry } from './dead-letters/dead-letter-entry.ts';
export type {
  DeadLetterFilter,
  DeadLetters,
  DeadLettersOf,
  DeadLettersOptions,
  DiscardOptions,
  DiscardResult,
  ListOptions,
  RedriveOptions,
  RedriveProgress,
  RedriveResult,
} from './dead-letters/dead-letters-options.ts';
export type { GroupDeclaration } from './broker/declare-groups.ts';

export { systemClock } from './ports/system-clock.ts';
export { wait } from './ports/wait.ts';

// What adapters need again and again.
export { aborted } from './ports/aborted.ts';
export { createApplying, type Applying } from './ports/applying.ts';
export { backoffMs } from './ports/backoff.ts';
export { createLinkedList, type LinkedList, type ListNode } from './ports/linked-list.ts';
export { createSharedSignals, type SharedSignals } from './ports/shared-signals.ts';
export { NoAnswer, within, type Patience } from './ports/within.ts';
