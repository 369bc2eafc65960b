import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { installation, probePath } from './erlang-page.ts';

/** An administrator of one broker, who comes in by its management port. */
export interface Management {
  /** Asks the HTTP API. @throws {Error} with the answer, when it is a refusal. `DELETE` of what is not there is none. */
  request(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** The value of an Erlang expression inside the broker, as JSON. Ends in a full stop. */
  evaluate(expression: string): Promise<unknown>;
}

/** How long a broker may not answer before it is given up. It restarts, it is paused, or the machine is busy. */
const patienceMs = 20_000;
const answerWithinMs = 5_000;
/** To delete a virtual host is to delete its queues, one after another. */
const deletedWithinMs = 60_000;
const askAgainMs = 50;

/** @throws {Error} where nobody can look into the broker: it was given by its URL alone. */
export function openManagement({ url, managementUrl, container }: RabbitmqServer): Management {
  if (managementUrl === undefined) throw new Error('the RabbitMQ of this run has no known management port');
  const { username, password } = new URL(url);
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers = { authorization: `Basic ${login}`, 'content-type': 'application/json' };
  let installing: Promise<unknown> | undefined;

  /** A broker that has just started accepts clients a little before administrators. */
  async function ask(method: string, path: string, body?: string): Promise<Response> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        const signal = AbortSignal.timeout(method === 'DELETE' ? deletedWithinMs : answerWithinMs);
        return await fetch(`${managementUrl}${path}`, {
          method,
          headers,
          signal,
          ...(body === undefined ? {} : { body }),
        });
      } catch (error) {
        if (performance.now() > deadline)
          throw new Error(`the management port of RabbitMQ does not answer`, { cause: error });
        await sleep(askAgainMs);
      }
    }
  }

  async function install(): Promise<void> {
    if (container === undefined) throw new Error('a RabbitMQ given by its URL cannot be looked into');
    await container.exec(['rabbitmqctl', '--node', 'rabbit@localhost', 'eval', installation]);
  }

  return {
    async request(method, path, body) {
      const response = await ask(method, `/api${path}`, body === undefined ? undefined : JSON.stringify(body));
      const text = await response.text();
      if (!response.ok && !(method === 'DELETE' && response.status === 404))
        throw new Error(`${method} ${path} of RabbitMQ's management: ${response.status} ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
    async evaluate(expression) {
      const deadline = performance.now() + patienceMs;
      for (let tried = false; ;) {
        const response = await ask('POST', probePath, expression);
        const text = await response.text();
        if (response.ok) return JSON.parse(text) as unknown;
        // A queue came or went while the expression looked at it.
        if (response.status === 500 && performance.now() < deadline) {
          await sleep(askAgainMs);
          continue;
        }
        // Whatever page answers instead, ours is not there, or no longer.
        if (tried || ![404, 405].includes(response.status))
          throw new Error(`RabbitMQ answered ${response.status} to ${expression}: ${text.slice(0, 1_000)}`);
        installing ??= install().finally(() => {
          installing = undefined;
        });
        await installing;
        tried = true;
      }
    },
  };
}
