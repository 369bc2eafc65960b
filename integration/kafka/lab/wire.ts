/**
 * One question at a time to a Kafka of one node, with neither the adapter nor its client library in between: nothing is
 * cached, nothing is retried that the lab does not know of, and an answer takes a few milliseconds.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { flexible, int16, int32, readerOf, string, type Reader } from './bytes.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Question {
  /** The number of the request in Kafka's protocol. */
  readonly api: number;
  readonly version: number;
  /** Whether that version has tagged fields. */
  readonly flexible?: boolean;
  readonly body: Buffer;
}

/** An answer that says no. */
class KafkaRefusal extends Error {
  override readonly name = 'KafkaRefusal';
  readonly code: number;

  constructor(what: string, code: number) {
    super(`Kafka answered ${code} to ${what}`);
    this.code = code;
  }
}

/** @throws {KafkaRefusal} for any code but 0. */
export function must(what: string, code: number): void {
  if (code !== 0) throw new KafkaRefusal(what, code);
}

/** How long a broker may not answer before it is given up. It restarts, or the machine is busy. */
const patienceMs = 20_000;
const answerWithinMs = 5_000;
const askAgainMs = 50;
/** A leader, a coordinator or a controller that is not there yet, and a network that failed: soon they are. */
const passing = new Set([3, 5, 6, 7, 13, 14, 15, 16, 41]);

/** Asks, and reads the answer with `read`; again where the answer is that the broker is not ready. */
export async function ask<T>(address: Address, question: Question, read: (answer: Reader) => T): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return read(await exchange(address, question));
    } catch (error) {
      if (error instanceof KafkaRefusal && !passing.has(error.code)) throw error;
      if (error instanceof RangeError) throw error;
      if (performance.now() > deadline) throw new Error('Kafka does not answer the lab', { cause: error });
      await sleep(askAgainMs);
    }
  }
}

async function exchange(address: Address, question: Question): Promise<Reader> {
  const session = openSession(address);
  try {
    return await session.exchange(question);
  } finally {
    session.close();
  }
}

export interface Session {
  /** One after another. @throws {Error} when the connection ends before the answer, or none comes in time. */
  exchange(question: Question): Promise<Reader>;
  close(): void;
}

/** One connection, for what has to be said on the same one. */
export function openSession(address: Address): Session {
  const socket = connect(address);
  socket.setTimeout(answerWithinMs, () => socket.destroy(new Error('no answer in time')));

  return {
    exchange: ({ api, version, body, flexible: tagged = false }) =>
      new Promise((resolve, reject) => {
        let heard = Buffer.alloc(0);
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('the connection ended before the answer')));
        socket.removeAllListeners('data').on('data', (chunk) => {
          heard = Buffer.concat([heard, chunk]);
          if (heard.length < 4 || heard.length < 4 + heard.readInt32BE()) return;
          // The correlation id, and the tags of a flexible header.
          const answer = readerOf(heard.subarray(tagged ? 9 : 8));
          resolve(answer);
        });
        const header = [int16(api), int16(version), int32(7), string('lab'), ...(tagged ? [flexible.noTags] : [])];
        const request = Buffer.concat([...header, body]);
        socket.write(Buffer.concat([int32(request.length), request]));
      }),
    close: () => socket.destroy(),
  };
}
