/** A member of an interface, as its source says it. */
export interface Member {
  readonly name: string;
  /** What stands behind `@default`; undefined where nothing does. */
  readonly fallback: string | undefined;
}

/** The members of an interface with their defaults, read from the text of its file. For flat interfaces, one member per line. */
export function interfaceMembers(source: string, name: string): readonly Member[] {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source)?.[1];
  if (body === undefined) throw new Error(`no interface ${name}`);
  const members: Member[] = [];
  let comment = '';
  for (const line of body.split('\n')) {
    const member = /^ {2}(?:readonly )?([a-zA-Z_]+)\??[:(]/.exec(line)?.[1];
    if (member === undefined) {
      comment += line;
      continue;
    }
    members.push({ name: member, fallback: /@default (.+?)\s*(?:\*\/|$)/.exec(comment)?.[1] });
    comment = '';
  }
  return members;
}
