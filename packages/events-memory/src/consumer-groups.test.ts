import { ConfigurationError } from '@payments/events-core';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ack,
  createDesk,
  idOf,
  idsOf,
  ledger,
  never,
  sendMany,
  startProcesses,
  turns,
} from './process.test-support.ts';
import { memoryServer, type MemoryServer } from './server/server.ts';

let server: MemoryServer;

beforeEach(() => {
  server = memoryServer({ clock: 'virtual' });
});

describe('groups', () => {
  test('each has every event once, however many consumers share it', async () => {
    const [one, two, three] = await startProcesses(server, 3);
    const handled: Record<string, string[]> = { ledger: [], mail: [] };
    for (const [process, group] of [
      [one, 'ledger'],
      [two, 'ledger'],
      [three, 'mail'],
    ] as const) {
      await process?.subscribe(
        (delivery) => {
          handled[group]?.push(idOf(delivery));
          return ack;
        },
        { group },
      );
    }
    if (one !== undefined) await sendMany(one, 50);
    await server.idle();
    const all = Array.from({ length: 50 }, (_, index) => `m${index + 1}`);
    expect(handled['ledger']?.toSorted()).toEqual(all.toSorted());
    expect(handled['mail']?.toSorted()).toEqual(all.toSorted());
  });

  test('one that is declared keeps events before anyone consumes', async () => {
    const [process] = await startProcesses(server, 1);
    await process?.broker.declareGroup({ ...ledger, startFrom: 'latest' });
    if (process !== undefined) await sendMany(process, 3);
    expect(await process?.broker.backlog('ledger')).toEqual({
      waiting: 3,
      inFlight: 0,
      retrying: 0,
      dead: 0,
      exact: true,
    });
  });

  test('one that comes later has what was sent before, or not, as it says', async () => {
    const [process] = await startProcesses(server, 1);
    if (process === undefined) return;
    await sendMany(process, 3);
    const early = createDesk();
    const late = createDesk();
    await process.subscribe(early.handle, { group: 'early', startFrom: 'earliest' });
    await process.subscribe(late.handle, { group: 'late', startFrom: 'latest' });
    await sendMany(process, 1, 4);
    await turns();
    expect(idsOf(early.came)).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(idsOf(late.came)).toEqual(['m4']);
  });

  test('settled events are history for later groups, up to the limit', async () => {
    server = memoryServer({ clock: 'virtual', history: 2 });
    const [process] = await startProcesses(server, 1);
    if (process === undefined) return;
    await process.subscribe(() => ack);
    await sendMany(process, 5);
    await server.idle();
    const later = createDesk();
    await process.subscribe(later.handle, { group: 'later' });
    await turns();
    expect(idsOf(later.came)).toEqual(['m4', 'm5']);
  });

  test('gets what its patterns select, and patterns are only added', async () => {
    const [process] = await startProcesses(server, 1);
    if (process === undefined) return;
    await process.broker.declareGroup({ ...ledger, patterns: ['payment.invoice.*'] });
    await process.send('invoice', { type: 'payment.invoice.paid' });
    await process.send('usage', { type: 'payment.usage.recorded' });
    expect((await process.broker.backlog('ledger')).waiting).toBe(1);
    await process.broker.declareGroup({ ...ledger, patterns: ['payment.usage.recorded'] });
    await process.send('invoice 2', { type: 'payment.invoice.paid' });
    expect((await process.broker.backlog('ledger')).waiting).toBe(3);
  });

  test('one that exists with another ordering is refused, by name', async () => {
    const [process] = await startProcesses(server, 1);
    await process?.broker.declareGroup(ledger);
    await expect(process?.broker.declareGroup({ ...ledger, ordering: 'key' })).rejects.toThrow(
      /ordering "none".*"key"/,
    );
    await expect(process?.subscribe(() => ack, { ordering: 'key' })).rejects.toThrow(ConfigurationError);
    await process?.subscribe(() => ack, { retryDelaysMs: [5] });
  });

  test('one that exists keeps its place, wherever it is asked to start', async () => {
    const [process] = await startProcesses(server, 1);
    if (process === undefined) return;
    await process.broker.declareGroup(ledger);
    await sendMany(process, 2);
    const desk = createDesk();
    const subscription = await process.subscribe(desk.handle, { startFrom: 'latest' });
    await turns();
    expect(idsOf(desk.came)).toEqual(['m1', 'm2']);
    desk.answerAll(ack);
    await subscription.stop({ signal: never });
    await process.subscribe(desk.handle, { startFrom: 'earliest', patterns: ['payment.invoice.*'] });
    await turns();
    expect(idsOf(desk.came)).toEqual(['m1', 'm2']);
  });

  test('the same one twice in a process is refused; after a stop it can come again', async () => {
    const [process] = await startProcesses(server, 1);
    const first = await process?.subscribe(() => ack);
    await expect(process?.subscribe(() => ack)).rejects.toThrow(ConfigurationError);
    await first?.stop({ signal: never });
    await process?.subscribe(() => ack);
  });
});
