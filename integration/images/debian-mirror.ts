/** Where the machine takes its Debian packages from, so that stand-ins are built from the same place. */
import { globSync, readFileSync } from 'node:fs';
import { run } from '../brokers/docker.ts';

export interface OperatingSystem {
  /** `debian`, `ubuntu`, … */
  readonly id: string;
  /** `bookworm`, … */
  readonly codename: string;
  /** Whether its packages are handled like Debian's. */
  readonly debian: boolean;
}

/** @param osRelease the text of /etc/os-release */
export function operatingSystem(osRelease: string): OperatingSystem {
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const id = value('ID');
  const likes = [id, ...value('ID_LIKE').split(' ')];
  return { id, codename: value('VERSION_CODENAME'), debian: likes.includes('debian') || likes.includes('ubuntu') };
}

/**
 * The mirror that serves the machine's own release; undefined where there is none, and on Ubuntu, whose mirrors do not
 * hold Debian. debootstrap then takes the one it knows.
 *
 * @param sources texts of sources.list and of the files in sources.list.d, of either format
 */
export function mirrorIn(sources: readonly string[], { id, codename }: OperatingSystem): string | undefined {
  if (id !== 'debian') return undefined;
  return sources
    .flatMap((text) => [...deb822(text), ...oneLine(text)])
    .find(({ suites, components, uri }) => {
      return suites.includes(codename) && components.includes('main') && /^(https?|file):/.test(uri);
    })?.uri;
}

interface Source {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** @see sources.list(5), "DEB822-STYLE FORMAT" */
function deb822(text: string): readonly Source[] {
  return text.split(/\n[ \t]*\n/).flatMap((stanza) => {
    const uncommented = stanza.replaceAll(/^#.*\n?/gm, '');
    const words = (field: string) =>
      new RegExp(`^${field}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(uncommented)?.[1]?.trim().split(/\s+/) ?? [];
    if (!words('Types').includes('deb') || words('Enabled').includes('no')) return [];
    return words('URIs').map((uri) => ({ uri, suites: words('Suites'), components: words('Components') }));
  });
}

/** @see sources.list(5), "ONE-LINE-STYLE FORMAT" */
function oneLine(text: string): readonly Source[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(
    ([, uri = '', release = '', components = '']) => ({ uri, suites: [release], components: components.split(/\s+/) }),
  );
}

export function thisOperatingSystem(): OperatingSystem {
  return operatingSystem(read('/etc/os-release'));
}

export function thisMirror(): string | undefined {
  const files = ['/etc/apt/sources.list', ...globSync('/etc/apt/sources.list.d/*.{list,sources}').toSorted()];
  return mirrorIn(files.map(read), thisOperatingSystem());
}

/** The machine's own settings for fetching packages: proxies, certificates, what to make of its clock. */
export async function aptSettings(): Promise<string> {
  const { stdout } = await run('apt-config', ['dump'], 10_000);
  const lines = stdout
    .split('\n')
    .filter((line) => /^Acquire::(https?|Check-Valid-Until|Check-Date|Retries)\b/i.test(line));
  return lines.map((line) => `${line}\n`).join('');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
