/** Finds a way to a broker, doing on it what `decide.ts` says, and telling each step. */
import { buildStandIns } from '../images/build.ts';
import { standInTag } from '../images/recipe.ts';
import { decide, type DoableStep, type Facts, type Step } from './decide.ts';
import type { Say } from './docker.ts';
import { engineState, installBuilder, installEngine, startEngine } from './engine.ts';
import { findImage } from './find-image.ts';
import { brokers, type BrokerKind } from './kinds.ts';
import { givenUrl, lookAround } from './look-around.ts';
import { removeLeftovers } from './removal.ts';

/** The way that was taken. */
export type PreparedBroker = { readonly way: 'url'; readonly url: string } | PreparedImage;

export type PreparedImage = { readonly way: 'given' | 'official' | 'stand-in'; readonly image: string } | NoBroker;

export interface NoBroker {
  readonly way: 'none';
  readonly why: string;
  /** The one command that is missing. */
  readonly command: string;
  /** Whether that is a failure: it is in CI. */
  readonly fails: boolean;
}

/** For an error: why there is no broker, and what to do. */
export function sentenceOf({ why, command }: NoBroker): string {
  return `${why}. The command that is missing: ${command}`;
}

const sayAloud: Say = (line) => console.log(`brokers: ${line}`);

/** A broker of this kind: one that runs, by its URL, or the image for one. Asked again, it answers quickly. */
export async function prepareBroker(kind: BrokerKind, say = sayAloud): Promise<PreparedBroker> {
  const url = givenUrl(kind);
  if (url === undefined) return prepareImage(kind, say);
  say(`${brokers[kind].title}: the one that ${brokers[kind].urlVariable} names`);
  return { way: 'url', url };
}

/**
 * The image for a broker of this kind. Where a broker is given by its URL too, because some suites break theirs; the
 * machine is then not changed for it.
 */
export async function prepareImage(kind: BrokerKind, say = sayAloud): Promise<PreparedImage> {
  const { title, officialImage } = brokers[kind];
  const seen = await lookAround(kind);
  const facts = { ...seen, url: false, mayChange: seen.mayChange && !seen.url };
  const step = await follow(facts, say, (next) => next.do === 'use-image');
  if (step.do === 'give-up') {
    const { why, command, fails } = step;
    return { way: 'none', why, command, fails };
  }
  if (step.do !== 'use-image') throw new Error(`${step.do} leads to no image`);
  const image = { given: facts.givenImage ?? '', official: officialImage, 'stand-in': standInTag(kind) }[step.which];
  say(`${title}: a container from the ${step.which} image ${image}`);
  const leftovers = await removeLeftovers();
  if (leftovers > 0) say(`removed ${leftovers} containers of runs that crashed`);
  return { way: step.which, image };
}

/** Builds the stand-ins of these brokers, whether or not there are other images. @throws {Error} that says why not. */
export async function prepareStandIns(kinds: readonly BrokerKind[], say: Say): Promise<void> {
  const kind = kinds[0] ?? 'rabbitmq';
  const facts = { ...(await lookAround(kind)), url: false, givenImage: undefined, image: 'out-of-reach' } as const;
  const step = await follow({ ...facts, standIn: 'missing' }, say, (next) => next.do === 'build-stand-in');
  if (step.do === 'give-up') throw new Error(`${step.why}\nWhat is missing: ${step.command}`);
  await build(kinds, facts.builder, say);
}

/** Takes one step after another, until one is the goal or there is none. */
async function follow(facts: Facts, say: Say, isGoal: (step: Step) => boolean): Promise<Step> {
  const step = decide(facts);
  if (isGoal(step) || step.do === 'give-up' || step.do === 'use-url' || step.do === 'use-image') return step;
  const { kind } = facts;
  try {
    return await follow({ ...facts, ...(await take(step.do, facts, say)) }, say, isGoal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return decide({ ...facts, kind, failure: { step: step.do, reason } });
  }
}

/** Does one step, and says what has changed. */
async function take(step: DoableStep, facts: Facts, say: Say): Promise<Partial<Facts>> {
  const { kind, givenImage } = facts;
  switch (step) {
    case 'look-for-image':
      return { image: await findImage(givenImage ?? brokers[kind].officialImage, say) };
    case 'install-engine': {
      say('there is no Docker engine here: installing that of the distribution (EVENTS_SETUP=off forbids it)');
      await installEngine(say);
      const engine = await engineState();
      if (engine === 'absent') throw new Error('the packages are installed, and there is still no dockerd');
      return { engine, builder: 'here' };
    }
    case 'start-engine': {
      say('Docker is installed and does not run: starting it (EVENTS_SETUP=off forbids it)');
      await startEngine(say);
      const { standIn } = await lookAround(kind);
      return { engine: 'running', standIn: facts.image === 'unknown' ? standIn : facts.standIn };
    }
    case 'build-stand-in':
      say(
        "no container registry is within reach: building a stand-in from Debian's packages, once, in a minute or two",
      );
      await build([kind], facts.builder, say);
      return { builder: 'here', standIn: 'here' };
  }
}

async function build(kinds: readonly BrokerKind[], builder: Facts['builder'], say: Say): Promise<void> {
  if (builder === 'missing') await installBuilder(say);
  await buildStandIns(kinds, say);
}
