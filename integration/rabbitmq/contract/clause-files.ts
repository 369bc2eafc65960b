import { allBut, type ClauseFiles } from '../../contract/clause-files.ts';

/**
 * Clauses that stop, kill, pause or alarm the broker itself, one after another on a broker that nobody else uses. They wait
 * more than they work: three files of them, beside each other, take as long as one. E3 is here because it weighs how long
 * its own process is blocked.
 */
export const breakingBroker = {
  one: ['X1', 'X2', 'P6', 'X9'],
  two: ['H1', 'S4', 'H2', 'P3'],
  three: ['X11', 'P4', 'R4', 'Z1', 'Z2', 'E3'],
} as const satisfies ClauseFiles;

/** Clauses whose faults end at this lab's own links, processes, virtual host and users: on the broker of the run. */
export const breakingLinks = {
  one: ['O3', 'P5', 'G5', 'A1', 'A4', 'A5', 'L2'],
  two: ['R5', 'L4', 'B4', 'X3', 'X4', 'X5', 'X6', 'X7'],
} as const satisfies ClauseFiles;

/** All the others: their labs share a broker and leave each other alone. */
export const withoutFaults = allBut([breakingBroker, breakingLinks]);
