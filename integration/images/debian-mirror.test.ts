import { describe, expect, test } from 'vitest';
import { mirrorIn, operatingSystem } from './debian-mirror.ts';

const bookworm = { id: 'debian', codename: 'bookworm', debian: true };

const deb822 = `# The machine's own
Types: deb
# http://old.example/archive
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

describe('the mirror', () => {
  test('is the one of the release, not of its security updates or of somebody else', () => {
    const others = 'Types: deb\nURIs: https://other.example/packages\nSuites: nodistro\nComponents: main\n';
    expect(mirrorIn([others, deb822], bookworm)).toBe('http://mirror.example/debian');
  });

  test('is found in the one-line format, with options and without', () => {
    const security = 'deb http://mirror.example/debian-security bookworm-security main\n';
    expect(mirrorIn([`${security}deb http://mirror.example/debian bookworm main contrib\n`], bookworm)).toBe(
      'http://mirror.example/debian',
    );
    expect(mirrorIn(['deb [arch=amd64 signed-by=/k.gpg] https://a.example/d bookworm main\n'], bookworm)).toBe(
      'https://a.example/d',
    );
  });

  test('is not one that is commented out, disabled, for sources, without main, or of a kind debootstrap does not know', () => {
    for (const text of [
      '# deb http://mirror.example/debian bookworm main\n',
      'deb-src http://mirror.example/debian bookworm main\n',
      'deb http://mirror.example/debian bookworm contrib\n',
      'deb cdrom:[Debian] bookworm main\n',
      deb822.replace('Types: deb\n', 'Types: deb\nEnabled: no\n'),
      deb822.replace('Types: deb', 'Types: deb-src'),
      '',
    ])
      expect(mirrorIn([text], bookworm)).toBeUndefined();
  });

  test("is never Ubuntu's, which does not hold Debian", () => {
    const ubuntu = { id: 'ubuntu', codename: 'noble', debian: true };
    expect(mirrorIn(['deb http://mirror.example/ubuntu noble main\n'], ubuntu)).toBeUndefined();
  });
});

describe('the operating system', () => {
  test.each([
    ['ID=debian\nVERSION_CODENAME=bookworm\n', { id: 'debian', codename: 'bookworm', debian: true }],
    ['ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n', { id: 'ubuntu', codename: 'noble', debian: true }],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', { id: 'linuxmint', codename: '', debian: true }],
    ['ID="fedora"\n', { id: 'fedora', codename: '', debian: false }],
    ['', { id: '', codename: '', debian: false }],
  ])('%j', (text, expected) => expect(operatingSystem(text)).toEqual(expected));
});
