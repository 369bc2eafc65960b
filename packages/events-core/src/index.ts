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
export { EventsError } from './errors/events-error.ts';
export { HandlerTimeoutError } from './errors/handler-timeout-error.ts';
export { InvalidEventError, type EventIssue } from './errors/invalid-event-error.ts';
export { NonRetryableError } from './errors/non-retryable-error.ts';
export { OperationPublishError } from './errors/operation-publish-error.ts';
export { PublishOutcomeUnknownError } from './errors/publish-outcome-unknown-error.ts';
export { PublishRejectedError, type PublishRejectionReason } from './errors/publish-rejected-error.ts';
export { SendError, type SendErrorOptions, type SendFailureReason } from './errors/send-error.ts';
export { UndecodableError } from './errors/undecodable-error.ts';
export { UnsupportedCapabilityError } from './errors/unsupported-capability-error.ts';
export { redact } from './errors/redact.ts';

export type { AmountFields, EventDefinition, EventDefinitions } from './events/event-definition.ts';
export type { Event, PreparedEvent } from './events/event.ts';
export type { DataIn, DataOut, EventOf, Matching, PaymentEvent, TypeOf } from './events/event-types.ts';
export { defineEvents } from './events/define-events.ts';
export { groupProblem, topicOf, typeProblem } from './events/names.ts';
export { compilePattern, typesMatching } from './events/pattern.ts';
export { exampleOf, jsonSchemaOf, paymentEvents, type PaymentEvents } from './events/payment-events.ts';
export { unchecked } from './events/unchecked.ts';

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

export type { Broker } from './broker/broker.ts';
export { connectBroker, type ConnectOptions } from './broker/connect-broker.ts';
export type { Ports } from './broker/connection.ts';

export type { ConnectionConfig } from './config/connection-keys.ts';
export { credentialsOf } from './config/connection-keys.ts';
export { readConnectionUrl, type ConnectionUrl, type Endpoint } from './config/endpoints.ts';
export type { KafkaConfig } from './config/kafka-config.ts';
export type { AdapterPackage } from './config/load-adapter.ts';
export { loadConfig } from './config/load-config.ts';
export type { MemoryConfig } from './config/memory-config.ts';
export type { MessagingConfig } from './config/messaging-config.ts';
export type { NatsConfig } from './config/nats-config.ts';
export { parseConfig, type Config, type ParseConfigOptions } from './config/parse-config.ts';
export type { RabbitmqConfig } from './config/rabbitmq-config.ts';
export type { RedisConfig } from './config/redis-config.ts';
export type { TlsConfig } from './config/tls-config.ts';

export { deadLetters } from './operate/create-dead-letters.ts';
export type { DeadLetterEntry } from './operate/dead-letter-entry.ts';
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
} from './operate/dead-letters.ts';
export type { GroupDeclaration } from './operate/declare-groups.ts';

export { systemClock } from './ports/system-clock.ts';
