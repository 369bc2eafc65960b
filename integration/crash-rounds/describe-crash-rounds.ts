import { describe, test } from 'vitest';
import type { CrashBroker } from './crash-broker.ts';
import { planRounds } from './plan.ts';
import { inRunFolder } from './run-folder.ts';
import { runPoison } from './run-poison.ts';
import { runRounds } from './run-rounds.ts';
import type { Settings } from './settings.ts';

const soak = process.env['EVENTS_SOAK'] === '1';
const seed = Number(process.env['EVENTS_CRASH_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const rounds = soak ? 100 : 20;
const longestMs = soak ? 8_000 : 4_000;

/** @param open a broker, or a part of one, that no other run uses; called in a test, at whose end it is removed */
export function describeCrashRounds(name: string, open: () => Promise<CrashBroker>): void {
  const again = `EVENTS_CRASH_SEED=${seed}`;
  const settings = {
    run: `r${Date.now().toString(36)}`,
    keys: Array.from({ length: 10 }, (_, index) => `pay_${index + 1}`),
    pauseMs: 100,
    workMs: 30,
  };

  describe(`crash rounds on ${name}`, () => {
    test.for([seed])(
      'what was acknowledged is handled, and each key in order, however processes die (EVENTS_CRASH_SEED=%i)',
      { timeout: rounds * longestMs + 300_000 },
      (_seed, context) =>
        inRunFolder(context, again, async (folder) => {
          const broker = await open();
          const groups: Settings['groups'] = [
            { group: `${settings.run}-any-order`, ordering: 'none' },
            { group: `${settings.run}-key-order`, ordering: 'key' },
          ];
          const plan = planRounds({ seed, rounds, longestMs, silenceMs: broker.silenceMs });
          return await runRounds(plan, { broker, folder, settings: { ...settings, groups } });
        }),
    );

    test.for(['none', 'key'] as const)(
      'an event that kills its process ends as a crash loop, and its neighbours are handled, with ordering %s',
      { timeout: 300_000 },
      (ordering, context) =>
        inRunFolder(context, again, async (folder) => {
          const run = `${settings.run}-${ordering}`;
          const poisoned = { ...settings, run, groups: [{ group: `${run}-poisoned`, ordering }], workMs: 150 };
          const broker = await open();
          return await runPoison({
            broker,
            folder,
            settings: { ...poisoned, eventsPerKey: 4, poison: `${run}-pay_5-2` },
          });
        }),
    );
  });
}
