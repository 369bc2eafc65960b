import type { OutgoingMessage } from '@payments/events-core';
import { connect, type Options } from 'amqplib';
import { names } from './lab-names.ts';
import type { LabServer } from './lab-server.ts';
import type { Tenant } from './tenant.ts';

/** Longer than any clause: a copy that inherits it would be gone some time later. */
const expirationMs = 600_000;

/**
 * Sends through amqplib, as another user, with every native property that our adapter never sets: each of them would change
 * the fate of a copy that carried it along, or is the broker's to write.
 */
export async function sendForeign(server: LabServer, tenant: Tenant, message: OutgoingMessage): Promise<void> {
  const { vhost, foreign } = tenant;
  const connection = await connect({ hostname: server.host, port: server.port, vhost, ...foreign });
  try {
    const channel = await connection.createConfirmChannel();
    // The broker accepts this address only from one who listens there.
    const replyTo = 'amq.rabbitmq.reply-to';
    await channel.consume(replyTo, () => {}, { noAck: true });
    const properties: Options.Publish = {
      persistent: true,
      mandatory: true,
      messageId: message.id,
      type: message.type,
      userId: foreign.username,
      replyTo,
      expiration: String(expirationMs),
      priority: 9,
      CC: ['nobody.listens.here'],
      BCC: ['nor.here'],
      headers: {
        ...message.headers,
        ...(message.key === undefined ? {} : { 'event-key': message.key }),
        'x-delivery-count': 999,
        'x-death': [{ queue: 'elsewhere', reason: 'rejected', count: 7, exchange: '', 'routing-keys': ['elsewhere'] }],
        nested: { list: [1, 'two', { three: true }], binary: Buffer.from([0, 255]) },
      },
    };
    let returned = false;
    channel.on('return', () => (returned = true));
    await new Promise<void>((resolve, reject) => {
      channel.on('error', reject);
      const { type, body } = message;
      channel.publish(names.exchange, type, Buffer.from(body), properties, (error: unknown) =>
        error === null || error === undefined ? resolve() : reject(error as Error),
      );
    });
    if (returned) throw new Error(`no queue is bound for what another library sends as ${message.type}`);
  } finally {
    await connection.close();
  }
}
