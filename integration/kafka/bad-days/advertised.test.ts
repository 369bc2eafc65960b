import { BrokerUnavailableError, ConfigurationError, connectBroker } from '@payments/events-core';
import { kafka } from '@payments/events-kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWith, failureOf, silent } from '../../bad-days/bad-day.ts';
import { ownKafkaServer, type OwnKafkaServer } from '../../brokers/kafka-server.ts';

/** Where nobody listens. */
const advertised = '127.0.0.1:9';
let server: OwnKafkaServer;

beforeAll(async () => {
  server = await ownKafkaServer({
    environment: {
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${advertised},INSIDE://localhost:9093,CLIENTS://${advertised}`,
    },
  });
}, 180_000);
afterAll(() => server.container.remove());

describe('a broker that tells clients an address at which it cannot be reached', { timeout: 60_000 }, () => {
  test('is not connected to, and the error names that address and what to do', async () => {
    const section = { broker_type: 'kafka', url: server.url };
    const { error, tookMs } = await failureOf(() => connectWith(section, { connectTimeoutMs: 5_000 }));
    expect(BrokerUnavailableError.isInstance(error) || ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(advertised);
    expect(String(error)).toMatch(/advertise/);
    expect(String(error)).toMatch(/addressOf/);
    expect(tookMs).toBeLessThan(7_000);
  });

  test('is reached where addressOf says', async () => {
    const { url, host, port } = server;
    const adapter = kafka({ url, addressOf: () => ({ host, port }) });
    await using broker = await connectBroker(adapter, { logger: silent });
    expect((await broker.health()).status).toBe('up');
  });
});
