import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { holds } from '../verdict.ts';

const count = 3_000;

export const G4: Clause = {
  id: 'G4',
  title:
    'loses none and handles none twice when a consumer joins at 30 % and leaves gracefully at 60 % of 3,000 events',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    const handled = () => ledger.handled(group).size;
    const handle = () => time.pass(4);
    await bench.consume({ group, handle });
    const publisher = await bench.publisher();
    const publish = (share: number) => publisher.publishMany(share * count, (n) => ({ key: `key-${n % 50}` }));
    const early = publish(0.4);

    await time.until(
      () => handled() >= 0.3 * count,
      2 * timings.promptMs,
      () => `30 % of ${count} are handled; ${handled()} are`,
    );
    const guest = await bench.consume({ group, handle });
    // To join may take longer than to handle all that is there: the guest's share is of what comes once it is there.
    const late = publish(0.6);
    const shares = () => ledger.runs.some(({ consumer }) => consumer === guest.name);
    await time.until(
      () => handled() >= 0.6 * count && shares(),
      2 * timings.promptMs,
      () => `60 % of ${count} are handled, and some by who joined; ${handled()} are, ${shares() ? 'some' : 'none'}`,
    );
    const { unfinished } = await guest.consumer.stop();
    holds(unfinished.length === 0, `a graceful stop finishes what runs; it left ${unfinished.length}`);

    allAccepted([...(await early), ...(await late)], `${count} publishes`);
    await bench.settled(group, 2 * timings.promptMs);
    await bench.judge(group);
    await time.stays(
      () => bench.ledger.runsOf(group).length === count,
      timings.leaseMs + 500,
      'nothing comes again after the lease',
    );
  },
};
