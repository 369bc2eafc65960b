/** The programs of the documentation, which say memory, on a broker: nothing is changed but the configuration. */
import { describe, expect, test } from 'vitest';
import { complaintsIn } from './complaints.ts';
import { runExample } from './run-example.ts';

/** A broker, or a part of one, that a program is pointed at by its environment. */
interface ExampleBroker {
  readonly env: Readonly<Record<string, string>>;
  /** Whether the program has left something here: it really was this broker. */
  used(): Promise<boolean>;
  /** Lines of the error output that are no complaint. @default none */
  readonly expectedToSay?: RegExp;
}

/** Each program and what it must say. */
const programs: Readonly<Record<string, readonly RegExp[]>> = {
  'twenty-line.ts': [/^attempt 1: pay_1, 4999 EUR$/, /^attempt 2: pay_1, 4999 EUR$/, /^booked 4999$/],
  'publish-custom-event.ts': [/^The broker has event \S{36}$/],
  'register-handler.ts': [/^Payment pay_1 for 4999 EUR succeeded$/],
  'default-handlers.ts': [/received payment\.customer\.created, id \S+, key cus_1$/, /^thank you, cus_1$/],
  'automatic-publishing.ts': [
    /^payment\.transaction\.created pay_1$/,
    /^payment\.transaction\.succeeded pay_1$/,
    /^payment\.transaction\.refunded pay_1$/,
  ],
  'dead-letters.ts': [
    /^\S+: payment\.transaction\.succeeded pay_2, non-retryable after attempt 1: no account for CHF$/,
    /^\S+: payment\.transaction\.succeeded pay_3, non-retryable after attempt 1: no account for ISK$/,
    /^redriven: 1$/,
    /^discarded: 1$/,
  ],
};

export interface DescribeExamplesOptions {
  /** Called in each test, at whose end it is removed. */
  readonly open: () => Promise<ExampleBroker>;
  /** Programs that are for this broker only, and what each must say. */
  readonly more?: Readonly<Record<string, readonly RegExp[]>>;
}

export function describeExamples(name: string, { open, more = {} }: DescribeExamplesOptions): void {
  describe(`the programs of the documentation on ${name}`, { timeout: 120_000 }, () => {
    test.each(Object.entries({ ...programs, ...more }))(
      '%s needs another configuration and nothing else',
      async (file, lines) => {
        const broker = await open();
        const { exitCode, stdout, stderr } = await runExample(file, { env: broker.env });
        const complaints = complaintsIn(stderr, broker.expectedToSay);
        expect({ exitCode, complaints }, stdout).toEqual({ exitCode: 0, complaints: [] });
        // Handlers run side by side, so lines of different events come in any order.
        for (const line of lines) expect(stdout.split('\n')).toContainEqual(expect.stringMatching(line));
        expect(await broker.used()).toBe(true);
      },
    );
  });
}
