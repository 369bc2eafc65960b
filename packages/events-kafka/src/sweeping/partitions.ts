/** Of a dead-letters topic: where letters lie, oldest first. */
export const lettersPartition = 0;
/** Of a dead-letters topic: one record for each letter that was removed; its value is that letter's offset. */
export const removalsPartition = 1;
