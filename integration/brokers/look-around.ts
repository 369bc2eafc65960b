/** What this machine is like, as far as a way to a broker depends on it. */
import { thisOperatingSystem } from '../images/debian-mirror.ts';
import { standInTag } from '../images/recipe.ts';
import type { Facts } from './decide.ts';
import { imageExists } from './docker.ts';
import { engineState, findProgram } from './engine.ts';
import { brokers, type BrokerKind } from './kinds.ts';

/** @throws {TypeError} for an EVENTS_SETUP that means nothing. */
export async function lookAround(kind: BrokerKind): Promise<Facts> {
  const engine = await engineState();
  return {
    kind,
    url: givenUrl(kind) !== undefined,
    givenImage: variable(brokers[kind].imageVariable),
    platform: process.platform,
    debian: findProgram('apt-get') !== undefined && thisOperatingSystem().debian,
    root: process.getuid?.() === 0,
    mayChange: mayChange(),
    ci: !['0', 'false', undefined].includes(variable('CI')),
    engine,
    image: 'unknown',
    standIn: engine === 'running' && (await imageExists(standInTag(kind))) ? 'here' : 'missing',
    builder: findProgram('debootstrap') === undefined ? 'missing' : 'here',
  };
}

export function givenUrl(kind: BrokerKind): string | undefined {
  return variable(brokers[kind].urlVariable);
}

function mayChange(): boolean {
  const setup = variable('EVENTS_SETUP') ?? 'on';
  if (setup !== 'on' && setup !== 'off') throw new TypeError(`EVENTS_SETUP is ${setup}: it may be on or off`);
  return setup === 'on';
}

/** An empty variable is one that somebody wanted to unset. */
function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}
