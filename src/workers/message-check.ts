/**
 * Whether a message of a worker is one. It comes from a Redis that others may write to, and where no key encrypts it
 * anybody could have written it: what has not the members that it must have, each of its type, is refused before it is
 * counted.
 *
 * The measure is a message of ours in which nothing happened, so that a new figure is held to its type by itself.
 */
import { MessageError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { TimeHistogram } from '../measure/histogram.ts';
import { Summary } from '../record/summary.ts';
import { NO_SAMPLE } from '../soak/load/load-process.ts';
import { mergeResults, toJson } from '../soak/load/merged-result.ts';
import type { ResultJson } from '../soak/load/shard-messages.ts';
import type { FromWorker } from './worker-messages.ts';

const NO_RESULT: ResultJson = toJson(mergeResults([], []));

/** @throws {MessageError} for anything else */
export function fromWorker(message: unknown): FromWorker {
  const said = message as FromWorker;
  switch (said.type) {
    case 'ready':
    case 'alive':
    case 'closed':
      return said;
    case 'clock':
      if (Number.isFinite(said.aheadMs) && Number.isFinite(said.errorMs)) return said;
      break;
    case 'gone':
      return { type: 'gone', reason: printable(String(said.reason)) };
    case 'sample':
      if (isLike(NO_SAMPLE, said) && isHistogram(said.latency) && (said.soFar === null || isResult(said.soFar)))
        return said;
      break;
    case 'result':
      if (isResult(said)) return said;
      break;
    // What a load process asks its own machine for is answered there.
    case 'rows':
    case 'hurry':
  }
  throw new MessageError(`a message of the kind "${printable(String(said.type))}" has not the members of one`);
}

function isResult(value: ResultJson): boolean {
  if (!isLike(NO_RESULT, value) || value.audiences.some((audience) => typeof audience?.url !== 'string')) return false;
  try {
    Summary.fromJSON(value.summary);
    return true;
  } catch {
    return false;
  }
}

function isHistogram(text: string): boolean {
  if (text === '') return true;
  try {
    TimeHistogram.decode(text);
    return true;
  } catch {
    return false;
  }
}

/** It has all members that the measure has, each of the same type; what is null there may be anything. */
function isLike(measure: unknown, value: unknown): boolean {
  if (measure === null || measure === undefined) return true;
  if (typeof measure !== 'object') return typeof value === typeof measure;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(measure)) return false;
  return Object.entries(measure).every(([name, member]) => isLike(member, (value as Record<string, unknown>)[name]));
}
