/** Lines of the error output of a program that should have none, but for those that the broker's client is known for. */
export function complaintsIn(stderr: string, expectedToSay: RegExp | undefined): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && expectedToSay?.test(line) !== true);
}
