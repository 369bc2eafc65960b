import type { Bench, RunningConsumer } from '../bench/bench.ts';
import type { ConsumingOptions } from '../bench/consuming.ts';
import { collect } from '../bench/collect.ts';
import { foreignMessage, type ForeignMessage } from '../bench/foreign.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents, type TestEvents } from '../bench/test-event.ts';
import { equal, holds, show } from '../verdict.ts';

/** One message and what must become of it. */
export interface BadInput {
  readonly name: string;
  readonly message: Omit<ForeignMessage, 'type' | 'id'> & Partial<Pick<ForeignMessage, 'type'>>;
  /** A dead letter's reason; `handled`; `acknowledged` without a handler; or either of the first two. */
  readonly becomes: { readonly dead: string } | 'handled' | 'acknowledged' | 'handled-or-dead';
  /** For what was handled: the data its handler must have seen. */
  readonly data?: unknown;
}

export interface Feeding {
  readonly label: string;
  /** Its messages' type, unless they name another. The good events have it, too. */
  readonly type: string;
  /** @default a catalogue with the type */
  readonly events?: TestEvents;
  readonly consuming?: Omit<ConsumingOptions, 'group' | 'handle'>;
}

/**
 * Feeds a group of its own with each input between two good events, all of which must be handled at their first
 * attempt; and judges that each input became what it should, with its bytes as they were.
 */
export async function feed(bench: Bench, inputs: readonly BadInput[], feeding: Feeding): Promise<RunningConsumer> {
  const { time, timings, ledger } = bench;
  const { label, type, events = testEvents([type]), consuming = {} } = feeding;
  const group = bench.group(label);
  const seen = new Map<string, unknown>();
  const running = await bench.consume({
    group,
    events,
    patterns: [type],
    ...consuming,
    handle: ({ event, run }) => void seen.set(run.id, event.data),
  });
  const publisher = await bench.publisher({ events: testEvents([type]) });
  const good: string[] = [];
  async function publishGood(): Promise<void> {
    const outcome = await publisher.publish({ type });
    allAccepted([outcome], `${label}: a good event`);
    good.push(outcome.id);
  }

  const sent: { readonly id: string; readonly input: BadInput }[] = [];
  await publishGood();
  for (const input of inputs) {
    const message = foreignMessage({ type, ...input.message });
    sent.push({ id: message.id, input });
    await time.within(bench.sendForeign(message), timings.promptMs, `${label}: the broker takes "${input.name}"`);
    await publishGood();
  }

  const own = new Map([
    ...good.map((id) => [id, 'handled'] as const),
    ...sent.map(({ id, input }) => [id, input.becomes] as const),
  ]);
  const lasting = ({ id }: { readonly id: string }) => own.has(id) && own.get(id) !== 'acknowledged';
  await bench.settled(group, timings.flowAgainMs, lasting);
  await time.until(
    async () => (await bench.probe.stored(group)).unsettled === 0,
    timings.promptMs,
    `${label}: nothing stays unsettled`,
  );
  await bench.judge(group, { of: lasting });
  equal(
    good.map((id) => ledger.runsOf(group, id).map(({ attempt, end }) => `${attempt} ${end}`)).flat(),
    good.map(() => '1 ok'),
    `${label}: attempts of the good events`,
  );

  const letters = new Map(
    (await collect(running.process.operator(group).list())).map((letter) => [letter.message.id, letter]),
  );
  for (const { id, input } of sent) {
    const what = `${label}, "${input.name}"`;
    const letter = letters.get(id);
    const runs = ledger.runsOf(group, id);
    if (input.becomes === 'acknowledged') {
      equal(
        { runs: runs.length, dead: letter !== undefined },
        { runs: 0, dead: false },
        `${what}: acknowledged and never handled`,
      );
    } else if (letter === undefined) {
      holds(typeof input.becomes === 'string', `${what} was handled: expected a dead letter, ${show(input.becomes)}`);
      equal(
        runs.map(({ attempt, end }) => `${attempt} ${end}`),
        ['1 ok'],
        `${what}: attempts`,
      );
      if ('data' in input) equal(seen.get(id), input.data, `${what}: the data its handler saw`);
    } else {
      holds(
        input.becomes !== 'handled',
        `${what} is dead (${letter.reason}, ${letter.error?.text}): expected it to be handled`,
      );
      if (typeof input.becomes === 'object')
        equal(letter.reason, input.becomes.dead, `${what}: the reason of its death`);
      equal(
        { attempts: letter.attempts, runs: runs.length },
        { attempts: 1, runs: 0 },
        `${what}: attempts, and handlers that ran`,
      );
      const meant = ledger.intents.find((intent) => intent.id === id)!;
      const { body, headers } = letter.message;
      holds(
        Buffer.compare(body, meant.body) === 0,
        `${what}: the dead letter has ${body.length} other bytes than the ${meant.body.length} that were sent`,
      );
      for (const [name, value] of Object.entries(meant.headers))
        equal(headers[name], value, `${what}: header ${name} of the dead letter`);
    }
  }
  return running;
}
