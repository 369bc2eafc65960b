import type { Headers } from '../contract/message.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { InvalidEventError, type EventIssue } from '../errors/invalid-event-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import { headerNameProblem, headerValueProblem } from '../events/names.ts';
import type { Codec } from './codec.ts';

/** The headers the library writes itself; users may not. */
export const reservedHeaders: ReadonlySet<string> = new Set([
  'event-id',
  'event-type',
  'event-key',
  'content-type',
  'schema-version',
  'traceparent',
]);

export interface HeaderSources {
  /** The codec's media type. */
  readonly contentType: string;
  /** W3C trace context. What is not in its form is left out: tracing must not stop a payment. */
  readonly traceparent?: string | undefined;
  /** The user's own. */
  readonly extra?: Headers | undefined;
}

const traceparentGrammar = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * What routing and tracing need without decoding the body.
 * @throws {InvalidEventError} for extra headers with a reserved or invalid name, or a value that cannot travel.
 */
export function headersOf(event: PreparedEvent, { contentType, traceparent, extra }: HeaderSources): Headers {
  const headers: Record<string, string> = {
    'event-id': event.id,
    'event-type': event.type,
    'content-type': contentType,
    'schema-version': '1',
  };
  if (event.key !== undefined) headers['event-key'] = event.key;
  if (traceparent !== undefined && traceparentGrammar.test(traceparent)) headers['traceparent'] = traceparent;
  if (extra === undefined) return headers;
  refuseBad(event, extra);
  return { ...extra, ...headers };
}

function refuseBad(event: PreparedEvent, extra: Headers): void {
  const issues: EventIssue[] = [];
  for (const [name, value] of Object.entries(extra)) {
    const problem = reservedHeaders.has(name)
      ? 'is written by the library itself'
      : (headerNameProblem(name) ?? headerValueProblem(value));
    if (problem !== undefined)
      issues.push({ path: `headers[${JSON.stringify(name.slice(0, 100))}]`, message: problem });
  }
  if (issues.length === 0) return;
  const list = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new InvalidEventError(`${event.type} cannot be published: ${list}.`, event.type, issues);
}

/**
 * The codec whose media type the `content-type` header names, parameters and case aside; the first for a message without
 * one, or with one that no codec has: a foreign producer's header is not believed.
 * @throws {ConfigurationError} when there is no codec at all.
 */
export function codecFor(codecs: readonly Codec[], headers: Headers): Codec {
  const [first] = codecs;
  if (first === undefined) throw new ConfigurationError('At least one codec is needed.', 'codecs');
  const named = headers['content-type'];
  // The usual case, without looking closer.
  if (named === undefined || named === first.contentType) return first;
  const mediaType = mediaTypeOf(named);
  return codecs.find(({ contentType }) => mediaTypeOf(contentType) === mediaType) ?? first;
}

function mediaTypeOf(contentType: string): string {
  return contentType.slice(0, 200).split(';', 1).join('').trim().toLowerCase();
}
