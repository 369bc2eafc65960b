/**
 * Which way leads to a broker: a pure function of what is known, asked again after each step until there is a broker or
 * no way left. What it decides is done in `setup.ts`.
 */
import { brokers, type BrokerKind } from './kinds.ts';

/** What is known so far. */
export interface Facts {
  readonly kind: BrokerKind;
  /** A broker is given by its URL. */
  readonly url: boolean;
  /** The image that replaces the official one, if any. */
  readonly givenImage: string | undefined;
  readonly platform: NodeJS.Platform;
  /** Debian, Ubuntu or one of their kind, with apt-get. */
  readonly debian: boolean;
  readonly root: boolean;
  /** Whether this machine may be changed: EVENTS_SETUP is not `off`. */
  readonly mayChange: boolean;
  /** In CI a suite without a broker has failed. */
  readonly ci: boolean;
  readonly engine: EngineState;
  /** Of the given image, or else of the official one. */
  readonly image: 'unknown' | 'here' | 'out-of-reach';
  readonly standIn: 'here' | 'missing';
  /** debootstrap, which the first layer of the stand-ins is made with. */
  readonly builder: 'here' | 'missing';
  /** What was tried and did not work. Nothing is tried twice. */
  readonly failure?: { readonly step: DoableStep; readonly reason: string };
}

/**
 * `running`: it answers us. `refused`: it runs, and we may not use it. `stopped`: it is installed and does not answer.
 * `elsewhere`: DOCKER_HOST says where it is, and it does not answer. `absent`: there is none, at most a client.
 */
export type EngineState = 'running' | 'refused' | 'stopped' | 'elsewhere' | 'absent';

/** What changes the facts. */
export type DoableStep = 'install-engine' | 'start-engine' | 'look-for-image' | 'build-stand-in';

export type Step =
  | { readonly do: DoableStep }
  | { readonly do: 'use-url' }
  | { readonly do: 'use-image'; readonly which: 'given' | 'official' | 'stand-in' }
  | {
      readonly do: 'give-up';
      readonly why: string;
      /** The one command that is missing. */
      readonly command: string;
      /** Whether that is a failure, or only said. */
      readonly fails: boolean;
    };

export function decide(facts: Facts): Step {
  if (facts.url) return { do: 'use-url' };
  if (facts.failure !== undefined) return afterFailure(facts, facts.failure);
  return facts.engine === 'running' ? decideImage(facts) : decideEngine(facts);
}

function decideImage(facts: Facts): Step {
  const { title, imageVariable } = brokers[facts.kind];
  if (facts.image === 'unknown') return { do: 'look-for-image' };
  if (facts.image === 'here') return { do: 'use-image', which: facts.givenImage === undefined ? 'official' : 'given' };
  // Whoever names an image does not mean another.
  if (facts.givenImage !== undefined) {
    const why = `${imageVariable} names ${facts.givenImage}, which is not here and cannot be pulled`;
    return giveUp(facts, why, `docker pull ${facts.givenImage}`);
  }
  if (facts.standIn === 'here') return { do: 'use-image', which: 'stand-in' };
  const noImage = `no image of ${title} is here and no container registry is within reach`;
  if (facts.platform !== 'linux' || !facts.root) {
    const why = `${noImage}; building a stand-in needs root on Debian or Ubuntu`;
    // On a machine that cannot build, the image has to come from somewhere that can be reached.
    return giveUp(facts, why, facts.platform === 'linux' && facts.debian ? buildAsRoot(facts.kind) : pull(facts));
  }
  if (facts.builder === 'here') return { do: 'build-stand-in' };
  if (!facts.debian) return giveUp(facts, `${noImage}; building a stand-in needs debootstrap`, pull(facts));
  if (!facts.mayChange) {
    const why = `${noImage}; building a stand-in needs debootstrap, and EVENTS_SETUP=off forbids installing it`;
    return giveUp(facts, why, 'apt-get install -y debootstrap');
  }
  return { do: 'build-stand-in' };
}

function decideEngine(facts: Facts): Step {
  const { engine, platform, debian, root, mayChange } = facts;
  switch (engine) {
    case 'refused':
      return giveUp(
        facts,
        'Docker runs, and this user may not use it',
        'sudo usermod -aG docker "$USER" && newgrp docker',
      );
    case 'elsewhere':
      return giveUp(facts, 'Docker does not answer where DOCKER_HOST says it is', 'unset DOCKER_HOST');
    case 'stopped':
      if (platform !== 'linux') return giveUp(facts, 'Docker is installed and does not run', startDesktop(platform));
      if (!root) return giveUp(facts, 'Docker is installed and does not run', 'sudo systemctl start docker');
      if (!mayChange) return giveUp(facts, 'Docker does not run, and EVENTS_SETUP=off forbids starting it', 'dockerd');
      return { do: 'start-engine' };
    default:
      if (platform !== 'linux') return giveUp(facts, 'there is no Docker engine', installDesktop(platform));
      if (!debian)
        return giveUp(facts, 'there is no Docker engine', 'install Docker with the package manager of this system');
      if (!root) {
        return giveUp(
          facts,
          'there is no Docker engine, and only root can install one',
          asRoot('apt-get install -y docker.io'),
        );
      }
      if (!mayChange) {
        return giveUp(facts, 'there is no Docker engine, and EVENTS_SETUP=off forbids installing one', installEngine);
      }
      return { do: 'install-engine' };
  }
}

function afterFailure(facts: Facts, { step, reason }: NonNullable<Facts['failure']>): Step {
  const again: Readonly<Record<DoableStep, string>> = {
    'install-engine': installEngine,
    'start-engine': 'dockerd',
    'look-for-image': pull(facts),
    'build-stand-in': `npx -y pnpm@12.21.0 images ${facts.kind}`,
  };
  return giveUp(facts, reason, again[step]);
}

const installEngine = 'apt-get install -y docker.io';
const asRoot = (command: string) => `sudo ${command} && sudo usermod -aG docker "$USER" && newgrp docker`;
const buildAsRoot = (kind: BrokerKind) => `sudo npx -y pnpm@12.21.0 images ${kind}`;
const pull = ({ kind, givenImage }: Facts) => `docker pull ${givenImage ?? brokers[kind].officialImage}`;
const startDesktop = (platform: NodeJS.Platform) => (platform === 'darwin' ? 'open -a Docker' : 'docker desktop start');
const installDesktop = (platform: NodeJS.Platform) =>
  platform === 'darwin' ? 'brew install --cask docker' : 'winget install Docker.DockerDesktop';

function giveUp({ kind, ci }: Facts, why: string, command: string): Step {
  return { do: 'give-up', why: `${brokers[kind].title}: ${why}`, command, fails: ci };
}
