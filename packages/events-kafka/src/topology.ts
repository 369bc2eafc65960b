import { ConfigurationError, type GroupSpec } from '@payments/events-core';
import { reachesEntity, reachesType } from './declaring/pattern-reach.ts';
import type { Settings } from './settings.ts';

type Naming = Pick<Settings, 'topicPrefix' | 'topicStrategy'>;

/** What a group has of its own: its names hold a `.` and a `-` after the prefix, which no topic of events has. */
export interface GroupNames {
  /** Partition 0: letters. Partition 1: the offsets of those that were removed. Created last: it says that the group exists. */
  readonly dead: string;
  /** What is due at once: redriven letters, and retries where there is no step. */
  readonly now: string;
  /** The same of a group with ordering `key`: the name stores the ordering, for which Kafka has no place. */
  readonly nowByKey: string;
  /** The consumer group that reads the dead letters. */
  readonly sweepGroup: string;
  retry(stepMs: number): string;
  /** The step, for the name of one of the group's retry topics. */
  stepOf(topic: string): number | undefined;
}

export interface RetryTopic {
  readonly topic: string;
  readonly stepMs: number;
}

/** All that a subscription reads, and where it parks. */
export interface GroupTopics {
  /** Of the known types, and those that a pattern names without a wildcard. */
  readonly main: readonly string[];
  /** By step, ascending. */
  readonly retry: readonly RetryTopic[];
  /** That of the group's ordering. */
  readonly now: string;
  readonly dead: string;
}

/** Kafka's own limit. */
const longestName = 249;
const stepGrammar = /^([1-9]\d{0,14})ms$/;

export function namesOf({ topicPrefix }: Pick<Settings, 'topicPrefix'>, group: string): GroupNames {
  const own = `${topicPrefix}${group}`;
  return {
    dead: `${own}.dead-letters`,
    now: `${own}.retry-now`,
    nowByKey: `${own}.retry-now-by-key`,
    sweepGroup: `${own}.dead-letters-sweep`,
    retry: (stepMs) => `${own}.retry-${stepMs}ms`,
    stepOf(topic) {
      const begin = `${own}.retry-`;
      const [, ms] = (topic.startsWith(begin) && stepGrammar.exec(topic.slice(begin.length))) || [];
      return ms === undefined ? undefined : Number(ms);
    },
  };
}

/**
 * Where events of a type are published.
 * @throws {ConfigurationError} for a name that Kafka does not take.
 */
export function topicOf({ topicPrefix, topicStrategy }: Naming, type: string): string {
  const words = type.split('.');
  const named = topicStrategy === 'type' ? words.join('_') : (words.find((word) => word !== 'payment') ?? 'payment');
  const topic = `${topicPrefix}${named}`;
  if (topic.length <= longestName) return topic;
  const problem = `${topic.length} characters, and Kafka takes ${longestName}. Use a shorter topicPrefix or type`;
  throw new ConfigurationError(`The topic of type ${type} would have a name of ${problem}.`, 'topicPrefix');
}

type Spec = Pick<GroupSpec, 'group' | 'ordering' | 'patterns' | 'types' | 'retryDelaysMs'>;

/**
 * What a group needs to have.
 * @throws {ConfigurationError} where two types of the group would share a topic that is to hold one.
 */
export function topicsOf(settings: Naming, spec: Spec): GroupTopics {
  const names = namesOf(settings, spec.group);
  const typeAt = new Map<string, string>();
  for (const type of [...spec.types, ...spec.patterns.flatMap((pattern) => typeNamedBy(settings, pattern) ?? [])]) {
    const topic = topicOf(settings, type);
    const other = typeAt.get(topic) ?? type;
    if (settings.topicStrategy === 'type' && other !== type)
      throw new ConfigurationError(
        `The types ${other} and ${type} would share topic "${topic}". Rename one, or use topicStrategy "entity".`,
        'topicStrategy',
      );
    typeAt.set(topic, type);
  }
  return {
    main: [...typeAt.keys()].toSorted(),
    retry: spec.retryDelaysMs.map((stepMs) => ({ topic: names.retry(stepMs), stepMs })),
    now: spec.ordering === 'key' ? names.nowByKey : names.now,
    dead: names.dead,
  };
}

/**
 * What a subscription reads, given the topics there are: its own, others that its patterns can match, and what waits in
 * steps of an earlier policy.
 */
export function topicsToRead(settings: Naming, spec: Spec, existing: readonly string[]): GroupTopics {
  const own = topicsOf(settings, spec);
  const names = namesOf(settings, spec.group);
  const matches = canMatch(settings, spec.patterns);
  const steps = new Map(own.retry.map(({ topic, stepMs }) => [topic, stepMs]));
  for (const topic of existing) {
    const stepMs = names.stepOf(topic);
    if (stepMs !== undefined) steps.set(topic, stepMs);
  }
  return {
    ...own,
    main: [...new Set([...own.main, ...existing.filter(matches)])].toSorted(),
    retry: [...steps].map(([topic, stepMs]) => ({ topic, stepMs })).toSorted((one, other) => one.stepMs - other.stepMs),
  };
}

/** Whether topics nobody knows of yet may hold what the patterns ask for. */
export function needsWatch(settings: Naming, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => typeNamedBy(settings, pattern) === undefined);
}

/** A type whose topic is the only one that the pattern can match; undefined when there may be others. */
function typeNamedBy({ topicStrategy }: Naming, pattern: string): string | undefined {
  const words = pattern.split('.');
  if (topicStrategy === 'type') return words.some(isWildcard) ? undefined : pattern;
  const decisive = words.find((word) => word !== 'payment') ?? 'payment';
  return isWildcard(decisive) ? undefined : decisive;
}

function isWildcard(word: string): boolean {
  return word === '*' || word === '#';
}

/** Tells for a topic whether it can hold what one of the patterns asks for: more than there is, never less. */
export function canMatch(settings: Naming, patterns: readonly string[]): (topic: string) => boolean {
  const { topicPrefix, topicStrategy } = settings;
  const reaches = topicStrategy === 'type' ? reachesType : reachesEntity;
  const words = patterns.map((pattern) => pattern.split('.'));
  return (topic) => {
    const named = topic.slice(topicPrefix.length);
    return (
      topic.startsWith(topicPrefix) && /^[a-z0-9_]+$/.test(named) && words.some((pattern) => reaches(pattern, named))
    );
  };
}
