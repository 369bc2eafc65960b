import { describe, expect, test } from 'vitest';
import { decide, type EngineState, type Facts, type Step } from './decide.ts';

/** A bare CI machine: root on Debian, no engine, no image. */
const bare: Facts = {
  kind: 'rabbitmq',
  url: false,
  givenImage: undefined,
  platform: 'linux',
  debian: true,
  root: true,
  mayChange: true,
  ci: false,
  engine: 'absent',
  image: 'unknown',
  standIn: 'missing',
  builder: 'missing',
};
const running: Facts = { ...bare, engine: 'running' };
const noRegistry: Facts = { ...running, image: 'out-of-reach' };

const given = (facts: Partial<Facts>, from = bare) => decide({ ...from, ...facts });
const giveUp = (why: string, command: string) => ({
  do: 'give-up',
  why: expect.stringContaining(why) as string,
  command,
  fails: false,
});

test('a given URL wins over everything', () => {
  const engines: EngineState[] = ['running', 'refused', 'stopped', 'elsewhere', 'absent'];
  for (const engine of engines) expect(given({ url: true, engine, image: 'here' })).toEqual({ do: 'use-url' });
  expect(given({ url: true, givenImage: 'mine:1', mayChange: false, root: false })).toEqual({ do: 'use-url' });
});

describe('with an engine that runs', () => {
  test('the image is looked for first, everywhere', () => {
    const platforms = ['linux', 'darwin', 'win32'] as const;
    for (const platform of platforms)
      for (const root of [true, false])
        expect(given({ platform, root, standIn: 'here' }, running)).toEqual({ do: 'look-for-image' });
  });

  test('the official image is used where it is here', () => {
    expect(given({ image: 'here', standIn: 'here' }, running)).toEqual({ do: 'use-image', which: 'official' });
  });

  test('an image that was named is used, and never replaced by another', () => {
    expect(given({ givenImage: 'mine:1', image: 'here' }, running)).toEqual({ do: 'use-image', which: 'given' });
    expect(given({ givenImage: 'mine:1', standIn: 'here' }, noRegistry)).toEqual(
      giveUp('EVENTS_IMAGE_RABBITMQ names mine:1', 'docker pull mine:1'),
    );
  });

  test('without a registry a stand-in is used, whoever we are', () => {
    for (const facts of [{}, { root: false }, { mayChange: false }, { platform: 'darwin' as const, debian: false }])
      expect(given({ ...facts, standIn: 'here' }, noRegistry)).toEqual({ do: 'use-image', which: 'stand-in' });
  });

  test('without a registry root on Debian builds a stand-in', () => {
    expect(given({}, noRegistry)).toEqual({ do: 'build-stand-in' });
    expect(given({ builder: 'here' }, noRegistry)).toEqual({ do: 'build-stand-in' });
  });

  test('what is installed already may build it anywhere on Linux, and when nothing may be installed', () => {
    expect(given({ builder: 'here', debian: false }, noRegistry)).toEqual({ do: 'build-stand-in' });
    expect(given({ builder: 'here', mayChange: false }, noRegistry)).toEqual({ do: 'build-stand-in' });
  });

  test('EVENTS_SETUP=off forbids installing what builds it', () => {
    expect(given({ mayChange: false }, noRegistry)).toEqual(
      giveUp('EVENTS_SETUP=off', 'apt-get install -y debootstrap'),
    );
  });

  test.each<[string, Partial<Facts>, string]>([
    ['a user on Debian', { root: false }, 'sudo npx -y pnpm@12.21.0 images rabbitmq'],
    ['a user on another Linux', { root: false, debian: false }, 'docker pull rabbitmq:4.0.5-management'],
    ['root on another Linux', { debian: false }, 'docker pull rabbitmq:4.0.5-management'],
    ['a Mac', { platform: 'darwin', debian: false, root: false }, 'docker pull rabbitmq:4.0.5-management'],
  ])('%s learns which command is missing', (_, facts, command) => {
    expect(given(facts, noRegistry)).toEqual(giveUp('no container registry is within reach', command));
  });
});

describe('without an engine that answers', () => {
  test('root on Debian installs one, and starts one that is installed', () => {
    expect(given({})).toEqual({ do: 'install-engine' });
    expect(given({ engine: 'stopped' })).toEqual({ do: 'start-engine' });
    expect(given({ engine: 'stopped', debian: false })).toEqual({ do: 'start-engine' });
  });

  test.each<[string, Partial<Facts>, string, string]>([
    ['off, absent', { mayChange: false }, 'EVENTS_SETUP=off forbids installing', 'apt-get install -y docker.io'],
    ['off, stopped', { mayChange: false, engine: 'stopped' }, 'EVENTS_SETUP=off forbids starting', 'dockerd'],
    ['a user, stopped', { root: false, engine: 'stopped' }, 'does not run', 'sudo systemctl start docker'],
    ['a user, refused', { root: false, engine: 'refused' }, 'may not use it', 'sudo usermod -aG docker "$USER"'],
    ['a user, absent', { root: false }, 'only root can install', 'sudo apt-get install -y docker.io'],
    ['another Linux', { debian: false }, 'no Docker engine', 'install Docker'],
    ['DOCKER_HOST', { engine: 'elsewhere' }, 'DOCKER_HOST', 'unset DOCKER_HOST'],
    ['a Mac, stopped', { platform: 'darwin', engine: 'stopped' }, 'does not run', 'open -a Docker'],
    ['a Mac, absent', { platform: 'darwin' }, 'no Docker engine', 'brew install --cask docker'],
    ['Windows, stopped', { platform: 'win32', engine: 'stopped' }, 'does not run', 'docker desktop start'],
    ['Windows, absent', { platform: 'win32' }, 'no Docker engine', 'winget install Docker.DockerDesktop'],
  ])('%s: nothing is done, and the command that is missing is named', (_, facts, why, command) => {
    expect(given(facts)).toEqual(giveUp(why, expect.stringContaining(command) as string));
  });
});

test('what did not work is not tried again', () => {
  const commands = {
    'install-engine': 'apt-get install -y docker.io',
    'start-engine': 'dockerd',
    'look-for-image': 'docker pull rabbitmq:4.0.5-management',
    'build-stand-in': 'npx -y pnpm@12.21.0 images rabbitmq',
  } as const;
  for (const [step, command] of Object.entries(commands) as [keyof typeof commands, string][])
    expect(given({ failure: { step, reason: 'no space left' } })).toEqual(giveUp('RabbitMQ: no space left', command));
});

test('in CI, and only there, giving up is a failure', () => {
  for (const facts of every()) {
    const step = decide(facts);
    if (step.do === 'give-up') expect(step.fails).toBe(facts.ci);
  }
});

test('from every state some way comes to an end, and never changes a machine that it must not change', () => {
  for (const facts of every()) {
    const taken: Step['do'][] = [];
    let now = facts;
    for (let step = decide(now); ; step = decide(now)) {
      taken.push(step.do);
      if (step.do === 'give-up' || step.do === 'use-image' || step.do === 'use-url') break;
      now = { ...now, ...after[step.do] };
    }
    expect(new Set(taken).size, taken.join()).toBe(taken.length);
    const changes = taken.filter((step) => step === 'install-engine' || step === 'start-engine');
    if (!facts.mayChange || !facts.root || facts.platform !== 'linux') expect(changes).toEqual([]);
    const builds = taken.includes('build-stand-in');
    if (builds) expect(facts.root && (facts.builder === 'here' || facts.mayChange)).toBe(true);
  }
});

/** What each step leads to where it works, and no registry is within reach. */
const after = {
  'install-engine': { engine: 'stopped', builder: 'here' },
  'start-engine': { engine: 'running' },
  'look-for-image': { image: 'out-of-reach' },
  'build-stand-in': { standIn: 'here' },
} as const;

function* every(): Generator<Facts> {
  const yesNo = [true, false];
  for (const url of yesNo)
    for (const givenImage of ['mine:1', undefined])
      for (const platform of ['linux', 'darwin', 'win32'] as const)
        for (const root of yesNo)
          for (const debian of yesNo)
            for (const mayChange of yesNo)
              for (const ci of yesNo)
                for (const engine of ['running', 'refused', 'stopped', 'elsewhere', 'absent'] as const)
                  for (const standIn of ['here', 'missing'] as const)
                    for (const builder of ['here', 'missing'] as const)
                      for (const image of ['unknown', 'here', 'out-of-reach'] as const)
                        yield {
                          ...bare,
                          url,
                          givenImage,
                          platform,
                          root,
                          debian,
                          mayChange,
                          ci,
                          engine,
                          standIn,
                          builder,
                          image,
                        };
}
