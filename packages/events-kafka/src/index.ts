export { adapterFromConfiguration, kafka } from './adapter.ts';
export { capabilities } from './capabilities.ts';
export type { KafkaOptions } from './options.ts';
export type { Address, SaslMechanism, TlsOptions } from './settings.ts';
