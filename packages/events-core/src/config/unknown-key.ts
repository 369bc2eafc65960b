import { suggestion } from '../errors/suggestion.ts';
import { brokerTypes, messagingSchemas, type BrokerType } from './messaging-config.ts';
import { tlsKeys } from './tls-config.ts';

/** The keys that may stand in the section, or in its `tls`. */
function keysAt(broker: BrokerType, inside: 'tls' | undefined): readonly string[] {
  return Object.keys(inside === undefined ? messagingSchemas[broker].shape : tlsKeys);
}

/** Why a key is refused, and what was probably meant: sentences that continue "messaging.foo …". */
export function unknownKeyProblem(broker: BrokerType, key: string, inside?: 'tls'): string {
  const known = keysAt(broker, inside);
  const other = brokerTypes.find((one) => keysAt(one, undefined).includes(key));
  if (inside === undefined && other !== undefined) return `is a key of ${other}, and broker_type is "${broker}".`;
  return `is not a key of ${inside ?? broker}.${suggestion(key, known) || ` Its keys are ${known.join(', ')}.`}`;
}
