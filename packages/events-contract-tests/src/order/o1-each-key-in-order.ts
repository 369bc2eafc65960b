import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { between } from '../verdict.ts';

const keys = 100;
const perKey = 50;
const concurrency = 16;

export const O1: Clause = {
  id: 'O1',
  title: 'handles 100 keys of 50 events each in order with four consumers, and different keys side by side',
  async run(bench) {
    const { time } = bench;
    const group = bench.group();
    const running = new Map<string, number>();
    let mostKeysAtOnce = 0;

    for (let member = 0; member < 4; member += 1) {
      await bench.consume({
        group,
        ordering: 'key',
        concurrency,
        async handle({ event: { key = '' } }) {
          running.set(key, (running.get(key) ?? 0) + 1);
          mostKeysAtOnce = Math.max(mostKeysAtOnce, running.size);
          await time.pass(5);
          const others = (running.get(key) ?? 0) - 1;
          if (others === 0) running.delete(key);
          else running.set(key, others);
        },
      });
    }
    const publisher = await bench.publisher({ publishTimeoutMs: 30_000 });
    const outcomes = await publisher.publishMany(keys * perKey, (n) => ({ key: `key-${n % keys}`, data: { n } }));
    allAccepted(outcomes, `${keys * perKey} publishes`);
    await bench.settled(group, 60_000);
    await bench.judge(group, { inOrder: true });
    between(mostKeysAtOnce, 2, 4 * concurrency, 'keys that were handled at the same time');
  },
};
