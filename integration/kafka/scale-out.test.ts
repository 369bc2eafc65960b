import { describe, test } from 'vitest';
import { inRunFolder } from '../crash-rounds/run-folder.ts';
import { runScaleOut } from '../crash-rounds/run-scale-out.ts';
import { openNamespace } from './support/namespace.ts';
import { sessionMs } from './support/short-session.ts';

const soak = process.env['EVENTS_SOAK'] === '1';
const most = 6;
const holdMs = soak ? 20_000 : 6_000;
/** A soak has the session that users have. */
const heldAfterKillMs = soak ? 30_000 : sessionMs;

describe('a group on twelve partitions', () => {
  test(
    'that grows to six processes and shrinks to one loses nothing, keeps each key in order, and doubles only what a kill cut off',
    { timeout: 2 * most * (holdMs + heldAfterKillMs) + 180_000 },
    (context) =>
      inRunFolder(context, soak ? 'EVENTS_SOAK=1' : '', async (folder) => {
        const place = await openNamespace();
        const module = soak ? {} : { module: import.meta.resolve('./support/short-session.ts') };
        return await runScaleOut({
          broker: {
            messaging: { ...place.messaging, partitions: 12 },
            ...module,
            silenceMs: heldAfterKillMs,
            heldAfterKillMs,
          },
          folder,
          settings: {
            run: `s${Date.now().toString(36)}`,
            groups: [
              { group: place.group('any-order'), ordering: 'none' },
              { group: place.group('key-order'), ordering: 'key' },
            ],
            keys: Array.from({ length: 36 }, (_, index) => `pay_${index + 1}`),
            pauseMs: 150,
            workMs: 30,
          },
          most,
          holdMs,
        });
      }),
  );
});
