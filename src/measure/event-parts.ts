/** How long an event stood unfinished whose beginning and rest were read apart. */
import { figures } from './figures.ts';

export const EVENT_PART_FIGURES = figures({
  times: [
    /** From one part of an event to the next, on streams of healthy clients. */
    'restAfter',
  ],
});
