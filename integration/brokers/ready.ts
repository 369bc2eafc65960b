/** Whether a broker speaks. An open port says nothing: Docker's own proxy accepts before the broker listens. */
import { connect } from 'node:net';
import type { BrokerKind } from './kinds.ts';

/** What to say, and how the answer of a broker that is ready begins. */
const greetings: Readonly<Record<BrokerKind, { readonly say: Buffer; readonly answer: RegExp }>> = {
  // The answer is a frame on channel 0 that holds the method connection.start.
  // oxlint-disable-next-line no-control-regex
  rabbitmq: { say: Buffer.from('AMQP\0\0\x09\x01', 'latin1'), answer: /^\x01\0\0[\s\S]{4}\0\x0a\0\x0a/ },
  // ApiVersions, version 0, correlation id 7, no client id; answered only once the node has joined its controller.
  kafka: { say: Buffer.from('0000000a00120000' + '00000007' + 'ffff', 'hex'), answer: /^[\s\S]{4}\0\0\0\x07\0\0/ },
  redis: { say: Buffer.from('PING\r\n'), answer: /^\+PONG/ },
  nats: { say: Buffer.from(''), answer: /^INFO / },
};

/** Resolves to whether the broker there gives its greeting within a second or two. Never rejects. */
export function speaks(kind: BrokerKind, host: string, port: number): Promise<boolean> {
  const { say, answer } = greetings[kind];
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host, port });
    const end = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('connect', () => socket.write(say));
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      if (answer.test(heard)) end(true);
    });
  });
}
