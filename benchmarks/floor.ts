import { paymentEvents } from '@payments/events-core';
import { benchBody, benchType, type BenchEnvelope } from './bench-event.ts';

const time = new Date(0).toISOString();
const schema = paymentEvents[benchType].schema['~standard'];

/**
 * The least that any library would do with the same events: JSON to bytes and back, the same schema once, and a promise.
 * No broker, no ids, no checks.
 */
export async function floor(events: number): Promise<void> {
  for (let index = 0; index < events; index += 1) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const body = benchBody(id, time, `pay_${index % 1000}`);
    const received = JSON.parse(body.toString()) as BenchEnvelope;
    const result = schema.validate(received.data);
    if ('issues' in result && result.issues !== undefined) throw new Error('the floor refuses its own event');
    await Promise.resolve(result);
  }
}
