/*
 * What must happen at once, as scripts that Redis runs. `try` lets nothing that stands in the way (a key of another
 * type, a full memory) end a script: what cannot be read is not there, what cannot be written is not written.
 */
#include "cache_int.h"

#define TRY                                                                                                            \
    "local function try(...)\n"                                                                                        \
    "  local r = redis.pcall(...)\n"                                                                                   \
    "  if type(r) == 'table' and r.err then return false end\n"                                                        \
    "  return r\n"                                                                                                     \
    "end\n"

/* The digest of a value, of a large one that of its ends. */
#define CHECK                                                                                                          \
    "local function check(key, length)\n"                                                                              \
    "  if length <= 65536 then return redis.sha1hex(try('GET', key) or '') end\n"                                      \
    "  return length .. ':' .. redis.sha1hex((try('GETRANGE', key, 0, 32767) or '') .. "                               \
    "(try('GETRANGE', key, -32768, -1) or ''))\n"                                                                      \
    "end\n"

/* A server that comes back has another history, also where it has read in what it once wrote down; its copies have the
 * same. '' where we may not ask. */
#define SERVER "local server = string.match(try('INFO', 'replication') or '', 'master_replid:(%x+)') or ''\n"

/* What stands in an answer's hash (id, at, fresh, check, lists, server) is of the value that lies there, and of a time
 * from which on this server has heard of all that was touched. */
#define KNOWN SERVER                                                                                                   \
    "local function known(m, key, length)\n"                                                                           \
    "  return m and m[1] and tonumber(m[2]) and tonumber(m[3]) and m[5] and m[6] == server and\n"                      \
    "    m[4] == check(key, length)\n"                                                                                 \
    "end\n"

#define NOW                                                                                                            \
    "local t = redis.call('TIME')\n"                                                                                   \
    "local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)\n"

/* Onto a list, for so long from now; what is over on it goes. `call` is try or redis.call. */
#define ENLIST                                                                                                         \
    "local function enlist(call, list, member, life)\n"                                                                \
    "  if not try('ZREMRANGEBYSCORE', list, '-inf', now) then try('DEL', list) end\n"                                  \
    "  call('ZADD', list, now + life, member)\n"                                                                       \
    "  if (call('PTTL', list) or 0) < life then call('PEXPIRE', list, life) end\n"                                     \
    "end\n"

/* The entry of a warm set that has made a key, and its pass (us). */
#define WARMED                                                                                                         \
    "local entries, all = {}, try('HGETALL', 'ytempire:warm:entries') or {}\n"                                         \
    "for i = 1, #all, 2 do\n"                                                                                          \
    "  local set, entry = string.match(all[i], '^(%S+) (.*)$')\n"                                                      \
    "  if set then entries[#entries + 1] = {set = set, class = all[i + 1], head = string.match(entry, '^[^{]*'),\n"    \
    "    list = 'ytempire:warmed:' .. set .. ' ' .. string.sub(entry, 11), field = all[i]} end\n"                      \
    "end\n"                                                                                                            \
    "local function warmed(key)\n"                                                                                     \
    "  for _, e in ipairs(entries) do\n"                                                                               \
    "    if string.sub(key, 1, #e.head) == e.head then\n"                                                              \
    "      local run = try('ZSCORE', e.list, key)\n"                                                                   \
    "      if run then return e, tonumber(run) end\n"                                                                  \
    "    end\n"                                                                                                        \
    "  end\n"                                                                                                          \
    "end\n"

/* A mark as a flight has it: with the history of the server, which brings back from its disk marks of before loads. */
#define MARK                                                                                                           \
    "local function mark_of(key, nonce)\n"                                                                             \
    "  local mark = try('GET', key)\n"                                                                                 \
    "  if not mark and nonce then mark = nonce try('SET', key, mark) end\n"                                            \
    "  return mark and mark .. ' ' .. server\n"                                                                        \
    "end\n"

/* Into the statistics, and into those of the minute: a hash an hour, kept for a day and an hour. */
#define COUNT                                                                                                          \
    "local function count(what, n)\n"                                                                                  \
    "  try('HINCRBY', 'ytempire:stats', what, n)\n"                                                                    \
    "  local minute = math.floor(now / 60000)\n"                                                                       \
    "  local hour = 'ytempire:stats:' .. string.format('%.0f', math.floor(minute / 60))\n"                             \
    "  if try('HINCRBY', hour, minute % 60 .. ' ' .. what, n) == n then try('PEXPIRE', hour, 90000000) end\n"          \
    "end\n"

/* ARGV: key or '', shortcut or '', place or '', token or '' (no lease is wanted), lease ms, stale ms or -1, most bytes,
 * known id, nonce, count ('1': into the statistics, '2': as a hit alone), then marks that a flight needs.
 * → state (none fresh stale foreign), place, key, lease (none mine other large), age ms, id, head, rows, then marks */
const char script_ask[] = TRY CHECK KNOWN MARK NOW COUNT
    "local key, token, stale = ARGV[1], ARGV[4], tonumber(ARGV[6])\n"
    "local out = {'none', false, false, 'none', -1, false, false, false}\n"
    "if ARGV[3] ~= '' then out[2] = try('GET', ARGV[3]) end\n"
    "if key == '' and ARGV[2] ~= '' then key = try('GET', ARGV[2]) or '' end\n"
    "if key == '' then return out end\n"
    "out[3] = key\n"
    "local name = string.sub(key, 11)\n"
    "local meta, lease = 'ytempire:meta:' .. name, 'ytempire:lease:' .. name\n"
    "local length = try('STRLEN', key) or 0\n"
    "local m, give = false, false\n"
    "if length > 0 then m = try('HMGET', meta, 'id', 'at', 'fresh', 'check', 'lists', 'server') end\n"
    "if known(m, key, length) then\n"
    "  out[1] = 'stale'\n"
    "  out[5] = math.max(0, now - tonumber(m[2]))\n"
    "  out[6] = m[1]\n"
    "  for list, member in string.gmatch(m[5], '([^\\n]+)\\n([^\\n]+)\\n') do\n"
    "    if not try('ZSCORE', list, member) then out[1] = 'none' end\n"
    "  end\n"
    "  if now < tonumber(m[2]) - 5000 then out[1] = 'none' end\n"
    "  if out[1] == 'stale' and out[5] <= tonumber(m[3]) then out[1] = 'fresh' end\n"
    "  give = out[1] == 'fresh' or (out[1] == 'stale' and stale >= 0 and out[5] <= tonumber(m[3]) + stale)\n"
    "elseif length > 0 and length <= tonumber(ARGV[7]) and not (m and m[1] and m[4] == check(key, length)) then\n"
    "  out[1] = 'foreign'\n"
    "  out[8] = try('GET', key)\n"
    "end\n"
    "if token ~= '' and out[1] ~= 'fresh' and out[1] ~= 'foreign' then\n"
    "  local holder = try('GET', lease)\n"
    "  if holder == 'large' then out[4] = 'large'\n"
    "  elseif holder == token or (not holder and try('SET', lease, token, 'NX', 'PX', ARGV[5])) then out[4] = 'mine'\n"
    "  elseif holder then out[4] = 'other' end\n"
    "  for i = 11, #ARGV do out[i - 2] = mark_of(ARGV[i], ARGV[9]) end\n"
    "  if out[4] == 'mine' then give = false end\n"
    "end\n"
    "if give then\n"
    "  out[7] = try('HGET', meta, 'head')\n"
    "  if out[6] ~= ARGV[8] then out[8] = try('HGET', meta, 'rows') end\n"
    "end\n"
    "local what = (out[1] == 'fresh' or out[1] == 'foreign') and 'hits' or give and 'stale' or 'misses'\n"
    "if ARGV[10] == '1' or (ARGV[10] == '2' and what == 'hits' and give) then\n"
    "  count(what, 1)\n"
    "end\n"
    "return out\n";

/* ARGV: nonce, then marks. → marks */
const char script_marks[] = TRY SERVER MARK
    "local out = {}\n"
    "for i = 2, #ARGV do out[i - 1] = mark_of(ARGV[i], ARGV[1]) end\n"
    "return out\n";

/* ARGV: key, token, value, life ms, elapsed ms, fresh ms, id, class, head, rows, shortcut or '', shortcut ms, then of
 * each list: its key and the member (both '' where there is a mark alone), its mark's key, the mark. → kept or changed
 */
const char script_store[] = TRY CHECK SERVER MARK NOW COUNT ENLIST
    "local key = ARGV[1]\n"
    "local name = string.sub(key, 11)\n"
    "local meta, lease = 'ytempire:meta:' .. name, 'ytempire:lease:' .. name\n"
    "local kept, lists, life = 'kept', '', tonumber(ARGV[4])\n"
    "for i = 13, #ARGV, 4 do\n"
    "  if mark_of(ARGV[i + 2]) ~= ARGV[i + 3] then kept = 'changed' end\n"
    "  if ARGV[i] ~= '' then lists = lists .. ARGV[i] .. '\\n' .. ARGV[i + 1] .. '\\n' end\n"
    "end\n"
    "if kept == 'kept' then\n"
    "  redis.call('SET', key, ARGV[3], 'PX', life)\n"
    "  redis.call('DEL', meta)\n"
    "  redis.call('HSET', meta, 'id', ARGV[7], 'at', now - tonumber(ARGV[5]), 'fresh', ARGV[6], 'class', ARGV[8],\n"
    "    'head', ARGV[9], 'rows', ARGV[10], 'lists', lists, 'check', check(key, #ARGV[3]),\n"
    "    'server', server)\n"
    "  redis.call('PEXPIRE', meta, life)\n"
    "  for list, member in string.gmatch(lists, '([^\\n]+)\\n([^\\n]+)\\n') do\n"
    "    enlist(redis.call, list, member, life)\n"
    "  end\n"
    "  if ARGV[11] ~= '' then try('SET', ARGV[11], key, 'PX', ARGV[12]) end\n"
    "  count('stored', 1)\n"
    "end\n"
    "if ARGV[2] ~= '' and try('GET', lease) == ARGV[2] then try('DEL', lease) end\n"
    "return kept\n";

/* ARGV: key, ms at least, then of each list its key and the member: what another program has put there is on the lists
 * as long as it lives. */
const char script_adopt[] = TRY NOW ENLIST
    "local life = math.max(tonumber(ARGV[2]), try('PTTL', ARGV[1]) or 0)\n"
    "for i = 3, #ARGV, 2 do enlist(try, ARGV[i], ARGV[i + 1], life) end\n"
    "return life\n";

/* ARGV: lease, token, 'large' ms (0: it is let go, else nobody need wait for this question for so long) */
const char script_give_up[] = TRY
    "if try('GET', ARGV[1]) ~= ARGV[2] then return 0 end\n"
    "if tonumber(ARGV[3]) > 0 then return try('SET', ARGV[1], 'large', 'PX', ARGV[3]) end\n"
    "return try('DEL', ARGV[1])\n";

/* ARGV: lease, token, ms */
const char script_renew[] = TRY
    "if try('GET', ARGV[1]) == ARGV[2] then return try('PEXPIRE', ARGV[1], ARGV[3]) end\n"
    "return 0\n";

/* ARGV: nonce, then marks. It fails where a mark can neither be written nor taken away (a copy that is only read): what
 * was touched is then to be told again. */
const char script_mark[] = TRY
    "for i = 2, #ARGV do\n"
    "  if not try('SET', ARGV[i], ARGV[1]) then redis.call('DEL', ARGV[i]) end\n"
    "end\n"
    "return #ARGV - 1\n";

/* ARGV: mark's key, nonce. The mark ends with when (us) it was made. It fails as script_mark does. */
const char script_hand[] = TRY NOW
    "local mark = ARGV[2] .. ' ' .. t[1] .. string.format('%06d', t[2])\n"
    "if not try('SET', ARGV[1], mark) then redis.call('DEL', ARGV[1]) end\n"
    "return 1\n";

/* ARGV: list, cursor, then from and to of each touched stretch. → cursor, answers dropped, of each entry of a warm set
 * that has become stale: its set, the set's last pass and its class. Members of answers are "FROM TO NAME", of entries
 * "FROM TO @SET KEY". */
const char script_touch[] = TRY NOW COUNT
    "local scanned = try('ZSCAN', ARGV[1], ARGV[2], 'COUNT', 500)\n"
    "if not scanned then try('DEL', ARGV[1]) return {'0', 0} end\n"
    "local dropped, members, stale, us = 0, scanned[2], {}, t[1] .. string.format('%06d', t[2])\n"
    "local function entry(field)\n"
    "  local set = string.match(field, '^%S+')\n"
    "  local class = string.match(try('HGET', 'ytempire:warm:begun', field) or '', '^%d+ (%S+)')\n"
    "  if not try('HSET', 'ytempire:warm:touched', field, us) then\n"
    "    try('DEL', 'ytempire:warm:touched')\n"
    "    try('HSET', 'ytempire:warm:touched', field, us)\n"
    "  end\n"
    "  try('PEXPIRE', 'ytempire:warm:touched', 604800000)\n"
    "  stale[#stale + 1], stale[#stale + 2] = set, try('HGET', 'ytempire:warm:begun', set) or ''\n"
    "  stale[#stale + 1] = class or ''\n"
    "end\n"
    "for i = 1, #members, 2 do\n"
    "  local from, to, name = string.match(members[i], '^(%S+) (%S+) (.*)$')\n"
    "  from, to = tonumber(from), tonumber(to)\n"
    "  local hit = not from or not to\n"
    "  for j = 3, #ARGV, 2 do\n"
    "    hit = hit or (tonumber(ARGV[j]) < to and from < tonumber(ARGV[j + 1]))\n"
    "  end\n"
    "  if hit then\n"
    "    try('ZREM', ARGV[1], members[i])\n"
    "    if name and string.sub(name, 1, 1) == '@' then entry(string.sub(name, 2))\n"
    "    elseif name then dropped = dropped + (try('UNLINK', 'analytics:' .. name) or 0)\n"
    "      try('UNLINK', 'ytempire:meta:' .. name) end\n"
    "  end\n"
    "end\n"
    "if dropped > 0 then count('invalidated', dropped) end\n"
    "return {scanned[1], dropped, stale}\n";

/* ARGV: set and entry in one, set, class, life ms, ms after which nobody need know, then of each list its key and the
 * member. The lists that the former pass has put it on let it go. → the pass (us): what is touched later is not in it.
 */
const char script_warm_begin[] = TRY NOW ENLIST
    "local begun, run, life = 'ytempire:warm:begun', t[1] .. string.format('%06d', t[2]), tonumber(ARGV[4])\n"
    "local before = string.match(try('HGET', begun, ARGV[1]) or '', '^[^\\n]*\\n(.*)$') or ''\n"
    "for list, member in string.gmatch(before, '([^\\n]+)\\n([^\\n]+)\\n') do try('ZREM', list, member) end\n"
    "local lists = ''\n"
    "for i = 6, #ARGV, 2 do\n"
    "  enlist(try, ARGV[i], ARGV[i + 1], life)\n"
    "  lists = lists .. ARGV[i] .. '\\n' .. ARGV[i + 1] .. '\\n'\n"
    "end\n"
    "for name, text in pairs({[ARGV[1]] = run .. ' ' .. ARGV[3] .. '\\n' .. lists, [ARGV[2]] = run}) do\n"
    "  if not try('HSET', begun, name, text) then try('DEL', begun) try('HSET', begun, name, text) end\n"
    "end\n"
    "try('PEXPIRE', begun, ARGV[5])\n"
    "return run\n";

/* ARGV: list of the entry's keys, set and entry in one, class, run (us), life ms, ms after which nobody need know the
 * entry, then keys and values. Where somebody has dropped keys by hand since the run was begun, the entry is stale. The
 * list has each key with the last run that wrote it. What is yet to come, a run or a drop, was by a clock that has been
 * put back since, and is none. → how many changed, ''; or, nothing being written, 0 and a key
 * that this run has written before or twice */
const char script_warm[] = TRY NOW
    "local list, run, life, changed = ARGV[1], tonumber(ARGV[4]), ARGV[5], 0\n"
    "local keys, values, scored, seen = {}, {}, {}, {}\n"
    "for i = 7, #ARGV, 2 do keys[#keys + 1] = ARGV[i] values[#values + 1] = ARGV[i + 1] end\n"
    "if not try('ZCARD', list) then try('DEL', list) end\n"
    "local scores, before = redis.call('ZMSCORE', list, unpack(keys)), redis.call('MGET', unpack(keys))\n"
    "for i = 1, #keys do\n"
    "  local last = tonumber(scores[i] or 0)\n"
    "  if last > (now + 5000) * 1000 then last = 0 end\n"
    "  if last == run or seen[keys[i]] then return {0, keys[i]} end\n"
    "  seen[keys[i]] = true\n"
    "  if last < run then\n"
    "    if before[i] ~= values[i] then changed = changed + 1 end\n"
    "    scored[#scored + 1] = ARGV[4]\n"
    "    scored[#scored + 1] = keys[i]\n"
    "    values[keys[i]] = values[i]\n"
    "  end\n"
    "end\n"
    "for i = 2, #scored, 2 do redis.call('SET', scored[i], values[scored[i]], 'PX', life) end\n"
    "if #scored > 0 then redis.call('ZADD', list, unpack(scored)) end\n"
    "redis.call('PEXPIRE', list, life)\n"
    "if not try('HSET', 'ytempire:warm:entries', ARGV[2], ARGV[3]) then\n"
    "  try('DEL', 'ytempire:warm:entries')\n"
    "  redis.call('HSET', 'ytempire:warm:entries', ARGV[2], ARGV[3])\n"
    "end\n"
    "try('PEXPIRE', 'ytempire:warm:entries', ARGV[6])\n"
    "local hand = tonumber(string.match(try('GET', '" HAND_MARK "') or '', ' (%d+)$'))\n"
    "if hand and hand >= run and hand <= (now + 5000) * 1000 then\n"
    "  try('HSET', 'ytempire:warm:touched', ARGV[2], string.format('%.0f', hand))\n"
    "  try('PEXPIRE', 'ytempire:warm:touched', ARGV[6])\n"
    "end\n"
    "return {changed, ''}\n";

/* ARGV: list, run, set and entry in one. Takes away up to a thousand keys that an older run has written. → how many */
const char script_warmed[] = TRY
    "local old = try('ZRANGEBYSCORE', ARGV[1], '-inf', '(' .. ARGV[2], 'LIMIT', 0, 1000) or {}\n"
    "for i = 1, #old do\n"
    "  try('UNLINK', old[i])\n"
    "  try('ZREM', ARGV[1], old[i])\n"
    "end\n"
    "if #old == 0 then\n"
    "  try('HDEL', 'ytempire:warm:failed', ARGV[3])\n"
    "  if (tonumber(try('HGET', 'ytempire:warm:touched', ARGV[3])) or 0) < tonumber(ARGV[2]) then\n"
    "    try('HDEL', 'ytempire:warm:touched', ARGV[3])\n"
    "  end\n"
    "end\n"
    "return #old\n";

/* ARGV: set and entry in one, why, ms after which nobody need know. Keeps since when. */
const char script_warm_failed[] = TRY NOW
    "local before = try('HGET', 'ytempire:warm:failed', ARGV[1])\n"
    "local since = before and string.match(before, '^(%d+) ') or string.format('%.0f', now)\n"
    "if not try('HSET', 'ytempire:warm:failed', ARGV[1], since .. ' ' .. ARGV[2]) then\n"
    "  try('DEL', 'ytempire:warm:failed')\n"
    "  redis.call('HSET', 'ytempire:warm:failed', ARGV[1], since .. ' ' .. ARGV[2])\n"
    "end\n"
    "return try('PEXPIRE', 'ytempire:warm:failed', ARGV[3])\n";

/* ARGV: keys. → of each: ms to live (-1: for ever), class, age ms, bytes, set that warms it, its failure: ms since
 * when, and why; ms for which it is fresh, from when it was made (-1: its class says), and ms since when a load has
 * touched what it was read from. A warmed key has nothing of its own but its place on the list of its entry. */
const char script_describe[] = TRY SERVER NOW
    "local out = {}\n"
    WARMED
    "for i = 1, #ARGV do\n"
    "  local meta = 'ytempire:meta:' .. string.sub(ARGV[i], 11)\n"
    "  local m = try('HMGET', meta, 'class', 'at', 'fresh', 'lists', 'server') or\n"
    "    {false, false, false, false, false}\n"
    "  local class, at, e, since, why, run, touched = m[1], m[2] and tonumber(m[2]), false, false, false, false, "
    "false\n"
    "  for list, member in string.gmatch(m[4] or '', '([^\\n]+)\\n([^\\n]+)\\n') do\n"
    "    if not try('ZSCORE', list, member) then m[3] = 0 end\n"
    "  end\n"
    "  if class and m[5] ~= server then m[3] = 0 end\n"
    "  if not class then e, run = warmed(ARGV[i]) end\n"
    "  if e then\n"
    "    class, at = e.class, math.floor(run / 1000)\n"
    "    touched = tonumber(try('HGET', 'ytempire:warm:touched', e.field)) or 0\n"
    "    touched = touched >= run and math.floor(touched / 1000)\n"
    "    since, why = string.match(try('HGET', 'ytempire:warm:failed', e.field) or '', '^(%d+) (.*)$')\n"
    "  end\n"
    "  local bytes = (try('MEMORY', 'USAGE', ARGV[i]) or 0) + (try('MEMORY', 'USAGE', meta) or 0)\n"
    "  out[i] = {try('PTTL', ARGV[i]) or -2, class, at and math.max(0, now - at) or -1, bytes, e and e.set or false,\n"
    "    since or false, why or false, tonumber(m[3]) or -1, touched or -1}\n"
    "end\n"
    "return out\n";

/* ARGV: most bytes, then of each key: the key, and the id of what is known of it or ''. -> of each: state (none fresh
 * stale named), age ms or -1, id, head, rows or value, class, failing since (ms) and why, and whether a load has touched
 * what it was read from. */
const char script_look[] = TRY CHECK KNOWN NOW COUNT WARMED
    "local out, hits, failed = {}, 0, false\n"
    "local function failure(key)\n"
    "  failed = failed or try('HGETALL', 'ytempire:warm:failed') or {}\n"
    "  for i = 1, #failed, 2 do\n"
    "    local entry = string.match(failed[i], '^%S+ (.*)$') or ''\n"
    "    local head = string.match(entry, '^([^{]*){')\n"
    "    if entry == key or (head and string.sub(key, 1, #head) == head) then\n"
    "      return string.match(failed[i + 1], '^(%d+) (.*)$')\n"
    "    end\n"
    "  end\n"
    "end\n"
    "local function question(o, key, known, m, meta)\n"
    "  o[1], o[2], o[3] = 'stale', math.max(0, now - tonumber(m[2])), m[1]\n"
    "  if o[2] <= tonumber(m[3]) then o[1] = 'fresh' end\n"
    "  if now < tonumber(m[2]) - 5000 then o[1] = 'none' end\n"
    "  for list, member in string.gmatch(m[5], '([^\\n]+)\\n([^\\n]+)\\n') do\n"
    "    if not try('ZSCORE', list, member) then o[1] = 'none' end\n"
    "  end\n"
    "  if o[1] == 'none' then return end\n"
    "  o[4] = try('HGET', meta, 'head')\n"
    "  if m[1] ~= known then o[5] = try('HGET', meta, 'rows') end\n"
    "  if o[1] == 'fresh' then hits = hits + 1 end\n"
    "end\n"
    "local function named(o, key)\n"
    "  local e, run = warmed(key)\n"
    "  o[1], o[5] = 'named', try('GET', key)\n"
    "  if not e then return end\n"
    "  o[2], o[6] = math.max(0, now - math.floor(run / 1000)), e.class\n"
    "  o[7], o[8] = string.match(try('HGET', 'ytempire:warm:failed', e.field) or '', '^(%d+) (.*)$')\n"
    "  if (tonumber(try('HGET', 'ytempire:warm:touched', e.field)) or 0) >= run then o[9] = 1 end\n"
    "end\n"
    "for i = 2, #ARGV, 2 do\n"
    "  local key, o = ARGV[i], {'none', -1, false, false, false, false, false, false, 0}\n"
    "  local meta, length = 'ytempire:meta:' .. string.sub(key, 11), try('STRLEN', key) or 0\n"
    "  local m = length > 0 and try('HMGET', meta, 'id', 'at', 'fresh', 'check', 'lists', 'server')\n"
    "  if known(m, key, length) then\n"
    "    question(o, key, ARGV[i + 1], m, meta)\n"
    "  elseif length > 0 and length <= tonumber(ARGV[1]) and not (m and m[1]) then named(o, key)\n"
    "  elseif length == 0 then o[7], o[8] = failure(key) end\n"
    "  for j = 1, 9 do o[j] = o[j] or false end\n"
    "  out[#out + 1] = o\n"
    "end\n"
    "if hits > 0 then count('hits', hits) end\n"
    "return out\n";
