/**
 * What runs inside Redis. Numbers are given there, so that no two instances give the same one, and none is left out:
 * entry `LIFE-N` of the stream is event N of its life.
 *
 * A life begins with an entry 0 that is no event. A stream that is shorter than what an instance has read has lost
 * entries (Redis died before it had written them), and begins a new life: a number is not given twice. Lives are named
 * by the clock of Redis, which is one for all instances.
 *
 * A stream that ends with somebody else's entry is refused, not emptied: it may be another program's.
 */
import { LAST_LIFE, MOST_SEQ_DIGITS } from './stream-entry.ts';

/** KEYS: stream. ARGV: last life read, last number read. Returns life and last number. */
const BEGIN = `
local life, seq = 0, 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for at = 1, #info, 2 do
    if info[at] == 'last-generated-id' then
      local a, b = string.match(info[at + 1], '^(%d+)-(%d+)$')
      if tonumber(a) > ${LAST_LIFE} or #b > ${MOST_SEQ_DIGITS} then
        return redis.error_reply('FOREIGN ' .. info[at + 1])
      end
      life, seq = tonumber(a), tonumber(b)
    end
  end
end
local seenLife, seenSeq = tonumber(ARGV[1]), tonumber(ARGV[2])
if life == 0 or life < seenLife or (life == seenLife and seq < seenSeq) then
  life = math.max(tonumber(redis.call('TIME')[1]), life + 1, seenLife + 1)
  seq = 0
  redis.call('XADD', KEYS[1], string.format('%.0f-0', life), 'begin', '1')
end
`;

export const BEGIN_SCRIPT = `${BEGIN}
return string.format('%.0f-%.0f', life, seq)`;

/** ARGV further: most entries kept, then the fields of the entry. Returns the id of the entry. */
export const APPEND_SCRIPT = `${BEGIN}
return redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], string.format('%.0f-%.0f', life, seq + 1), unpack(ARGV, 4))`;
