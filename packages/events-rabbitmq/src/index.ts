export { rabbitmq, adapterFromConfiguration } from './adapter.ts';
export { capabilities } from './capabilities.ts';
export type { RabbitmqOptions } from './options.ts';
export type { RabbitmqBroker, RepublishedParked, RepublishParkedOptions } from './rabbitmq-broker.ts';
export type { TlsOptions } from './settings.ts';
