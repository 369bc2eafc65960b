/** Every clause of the contract, frozen. What ran and what an adapter does not claim must add up to exactly this list. */
export const clauseIds = [
  ...(['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8'] as const),
  ...(['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7'] as const),
  ...(['A1', 'A2', 'A3', 'A4', 'A5'] as const),
  ...(['R1', 'R2', 'R3', 'R4', 'R5'] as const),
  ...(['L1', 'L2', 'L3', 'L4'] as const),
  ...(['O1', 'O2', 'O3', 'O4'] as const),
  ...(['W1', 'W2', 'W3', 'W4'] as const),
  ...(['B1', 'B2', 'B3', 'B4'] as const),
  ...(['S1', 'S2', 'S3', 'S4', 'S5'] as const),
  ...(['X1', 'X2', 'X3', 'X4', 'X5', 'X6', 'X7', 'X9', 'X11'] as const),
  ...(['E1', 'E2', 'E3', 'E4', 'E5', 'E6'] as const),
  ...(['H1', 'H2', 'Z1', 'Z2', 'I1'] as const),
] as const;

export type ClauseId = (typeof clauseIds)[number];
