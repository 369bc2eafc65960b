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

/** Those that wait for the next question, by address. To connect costs more than most answers. */
const idle = new Map<string, Session[]>();

async function exchange(address: Address, question: Question): Promise<Reader> {
  const place = `${address.host}:${address.port}`;
  const waiting = idle.get(place) ?? [];
  idle.set(place, waiting);
  const session = waiting.pop() ?? openSession(address, () => remove(waiting, session));
  try {
    const answer = await session.exchange(question);
    waiting.push(session);
    return answer;
  } catch (error) {
    session.close();
    throw error;
  }
}

function remove(from: Session[], session: Session): void {
  const place = from.indexOf(session);
  if (place >= 0) from.splice(place, 1);
}

export interface Session {
  /** One after another. @throws {Error} when the connection ends before the answer, or none comes in time. */
  exchange(question: Question): Promise<Reader>;
  close(): void;
}

interface Asked {
  readonly tagged: boolean;
  resolve(answer: Reader): void;
  reject(error: Error): void;
}

/**
 * One connection, for what has to be said on the same one. It ends when nothing is said or answered for a while, and keeps
 * the process alive only while an answer is due.
 */
export function openSession(address: Address, ended?: () => void): Session {
  const socket = connect(address);
  let asked: Asked | undefined;
  let heard = Buffer.alloc(0);
  let problem = new Error('the connection ended before the answer');

  socket.setTimeout(answerWithinMs, () => socket.destroy(new Error('no answer in time')));
  socket.on('error', (error) => {
    problem = error;
  });
  socket.on('close', () => {
    ended?.();
    asked?.reject(problem);
  });
  socket.on('data', (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    if (heard.length < 4 || heard.length < 4 + heard.readInt32BE()) return;
    // The correlation id, and the tags of a flexible header.
    asked?.resolve(readerOf(heard.subarray(asked.tagged ? 9 : 8)));
    asked = undefined;
    socket.unref();
  });

  return {
    exchange: ({ api, version, body, flexible: tagged = false }) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(problem);
        asked = { tagged, resolve, reject };
        heard = Buffer.alloc(0);
        socket.ref();
        const header = [int16(api), int16(version), int32(7), string('lab'), ...(tagged ? [flexible.noTags] : [])];
        const request = Buffer.concat([...header, body]);
        socket.write(Buffer.concat([int32(request.length), request]));
      }),
    close: () => socket.destroy(),
  };
}
