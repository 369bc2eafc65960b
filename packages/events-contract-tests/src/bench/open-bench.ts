import {
  connectBroker,
  type AdapterRuntime,
  type Broker,
  type BrokerAdapter,
  type HealthReport,
  type Logger,
} from '@payments/events-core';
import { randomUUID } from 'node:crypto';
import type { BrokerHarness, Lab } from '../harness.ts';
import { judge } from '../ledger/judge.ts';
import { createLedger } from '../ledger/ledger.ts';
import { some } from '../verdict.ts';
import type { Bench, LogLine } from './bench.ts';
import { bareProcess, connectedProcess, type LabProcess } from './process.ts';
import { testEvents } from './test-event.ts';

/** A bench that also knows how to clear up after itself. */
export interface OpenBench extends Bench {
  /** Closes all processes and adapters, by force where they do not go. */
  close(): Promise<void>;
}

interface BenchOptions {
  readonly namespace: string;
  /** Whether the clause breaks something. */
  readonly faults: boolean;
}

/** Publishers give up soon where a clause waits for that. */
const hastyPublishMs = 3_000;
/**
 * A try is given up after half of it and repeated, which brokers that do not know ids store twice: where nothing is broken no
 * answer may be that late, however busy the machine is.
 */
const patientPublishMs = 30_000;

export function openBench(harness: BrokerHarness, lab: Lab, { namespace, ...options }: BenchOptions): OpenBench {
  const { time, probe, faults } = lab;
  const { timings } = harness;
  const ledger = createLedger(time.now);
  const events = testEvents(['happened', 'changed', 'ended'].map((word) => `${namespace}.test.${word}`));
  const type = `${namespace}.test.happened`;
  const log: LogLine[] = [];
  const notes: string[] = [];
  const processes: LabProcess[] = [];
  const adapters: BrokerAdapter[] = [];
  const writeTo = (level: LogLine['level']) => (details: object, message: string) =>
    void log.push({ level, details, message });
  const logger: Logger = { info: writeTo('info'), warn: writeTo('warn'), error: writeTo('error') };
  const publishTimeoutMs = options.faults ? hastyPublishMs : patientPublishMs;
  const context = { ledger, time, events, type, faults, logger, publishTimeoutMs };
  let groups = 0;
  let named = 0;

  function keep(process: LabProcess): LabProcess {
    processes.push(process);
    return process;
  }

  const bench: OpenBench = {
    capabilities: harness.capabilities,
    timings,
    time,
    ledger,
    probe,
    faults,
    secrets: lab.secrets,
    program: lab.program,
    adapterSplitByType: lab.adapterSplitByType,
    tlsClient: lab.tlsClient,
    namespace,
    events,
    type,
    log,
    notes,
    async sendForeign(message) {
      ledger.intend(message);
      await lab.sendForeign(message);
      ledger.settle(message.id, 'accepted');
    },
    group: (label = 'group') => `${namespace}-${label}-${++groups}`,
    typeIn: (topic, word = 'happened') => `${namespace}${topic}.test.${word}`,
    async process(name = `process${++named}`) {
      return keep(await connectedProcess(name, lab.adapter(), context));
    },
    bareProcess: (name = `process${++named}`, adapter = lab.adapter()) => keep(bareProcess(name, adapter, context)),
    adapter() {
      const adapter = lab.adapter();
      adapters.push(adapter);
      return adapter;
    },
    connect(adapter) {
      const clock = adapter.clock ?? { now: time.now, elapsed: time.now, schedule: scheduleOn };
      const runtime: AdapterRuntime = {
        instance: randomUUID(),
        clock,
        random: Math.random,
        logger,
        notify: () => {},
        busy: () => 0,
      };
      return adapter.connect(runtime, { signal: new AbortController().signal });
    },
    async declare(group, options = {}) {
      const { ordering = 'none', startFrom = 'earliest', events: catalogue = events } = options;
      const { patterns = Object.keys(catalogue) } = options;
      const groups = [{ group, patterns, ordering, startFrom, events: catalogue }];
      const broker = await connectBroker(lab.adapter(), { logger, groups });
      await broker.close();
    },
    async publisher(options) {
      return (await bench.process()).publisher(options);
    },
    async consume(options) {
      const { name, ...rest } = options;
      const process = await bench.process(name);
      const consumer = process.consumer(rest);
      await consumer.start();
      return { name: process.name, process, consumer };
    },
    async backlog(group) {
      const process = await bench.process();
      return brokerOf(process).backlog(group);
    },
    health: (broker): Promise<HealthReport> => broker.health(),
    async settled(group, withinMs = timings.promptMs, of = () => true) {
      const unhandled = () => {
        const handled = ledger.handled(group);
        return ledger.withFate('accepted').filter((intent) => of(intent) && !handled.has(intent.id));
      };
      const open = async () => {
        const dead = await bench.deadIds(group);
        return unhandled()
          .filter(({ id }) => !dead.has(id))
          .map(({ id }) => id);
      };
      let before = Number.NaN;
      await time.until(
        async () => {
          const left = unhandled().length;
          if (left === 0) return true;
          // To ask a broker for its dead letters takes a while: only once nothing moves any more.
          if (left === before) return (await open()).length === 0;
          before = left;
          return false;
        },
        withinMs,
        async () =>
          `all acknowledged events are handled or dead; group ${group} lost or still has ${some(await open(), 'event')}`,
      );
    },
    async deadIds(group) {
      return new Set(await probe.dead(group));
    },
    async judge(group, expectation = {}) {
      judge(ledger, group, { ...expectation, dead: await bench.deadIds(group) });
    },
    optional(name, fault) {
      if (typeof fault === 'function') return fault;
      notes.push(`${name} not claimed: ${fault.notClaimed}`);
      return undefined;
    },
    async close() {
      await Promise.allSettled(processes.map((process) => process.close(1_000)));
      await Promise.allSettled(adapters.map((adapter) => adapter.close({ signal: AbortSignal.abort() })));
    },
  };
  return bench;
}

function brokerOf({ broker }: LabProcess): Broker {
  if (!('defaultGroup' in broker)) throw new Error('this process has a bare adapter: ask the adapter');
  return broker;
}

function scheduleOn(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
