"""Two warehouses, row for row.

Left out are surrogate keys, each replaced by what it stands for (a video by its id, a version of a channel or of a
user by its id and beginning, an account by its e-mail address), and what says when or by which job a row came:
created_at, updated_at, told_at, first_loaded_at, last_loaded_at, noted_at, job_id; of ops.watermarks the position, which is the
place in whichever file was the last. Compared are all tables of analytics and users, and ops.dead_letters,
ops.loaded_files, ops.watermarks, ops.touched_hours, ops.counter_base and ops.revenue_ledger.
"""
from ground import Finding

OPS = ["dead_letters", "loaded_files", "watermarks", "touched_hours", "counter_base", "revenue_ledger"]
LEFT_OUT = {"id", "created_at", "updated_at", "told_at", "first_loaded_at", "last_loaded_at", "noted_at", "job_id"}
LEFT_OUT_OF = {"ops.watermarks": {"position"}, "analytics.dim_channel": {"channel_key"},
               "analytics.dim_video": {"video_key"}, "analytics.dim_user": {"user_key"}, "users.accounts": {"user_id"}}
STANDS_FOR = {
    "video_key": "(SELECT v.video_id FROM analytics.dim_video AS v WHERE v.video_key = t.video_key)",
    "channel_key": "(SELECT c.channel_id || ' since ' || c.valid_from FROM analytics.dim_channel AS c"
                   " WHERE c.channel_key = t.channel_key)",
    "user_key": "(SELECT a.email || ' since ' || u.valid_from FROM analytics.dim_user AS u"
                " LEFT JOIN users.accounts AS a USING (user_id) WHERE u.user_key = t.user_key)",
    "user_id": "(SELECT a.email FROM users.accounts AS a WHERE a.user_id = t.user_id)",
}
TABLES = """
SELECT n.nspname || '.' || c.relname, string_agg(a.attname, ' ' ORDER BY a.attname)
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND (n.nspname IN ('analytics', 'users') OR n.nspname = 'ops' AND c.relname = ANY ('{%s}'))
 GROUP BY 1 ORDER BY 1"""


def selections(database):
    """For each table the statement that yields its rows, as text."""
    found = {}
    for table, names in database.rows(TABLES % ",".join(OPS)):
        gone = LEFT_OUT | LEFT_OUT_OF.get(table, set())
        columns = [STANDS_FOR.get(name, 't."%s"' % name) for name in names.split() if name not in gone]
        found[table] = "SELECT ROW(%s)::text AS r FROM %s AS t" % (", ".join(columns), table)
    return found


def digests(database):
    """Rows and checksum of each table."""
    parts = ["SELECT '%s', count(*), md5(coalesce(string_agg(r, chr(10) ORDER BY r COLLATE \"C\"), '')) FROM (%s) AS s"
             % (table, rows) for table, rows in selections(database).items()]
    return {table: (int(count), digest) for table, count, digest in database.rows(" UNION ALL ".join(parts))}


def difference(database, table, other):
    rows = selections(database)[table]
    ours, theirs = ({row[0] for row in d.rows(rows)} for d in (database, other))
    lines = ["  more: " + r[:400] for r in sorted(ours - theirs)[:3]]
    return "\n".join(lines + ["  less: " + r[:400] for r in sorted(theirs - ours)[:3]])


def check_same(database, wanted, reference):
    """Raises when a table differs from what the run without faults has left in the database `reference`."""
    found, said = digests(database), []
    for table in sorted(wanted.keys() | found.keys()):
        if found.get(table) != wanted.get(table):
            said.append("%s has %s rows, not %s\n%s" % (table, found.get(table, "no")[0], wanted.get(table, "no")[0],
                                                        difference(database, table, reference)))
    if said:
        raise Finding("the warehouse differs from that of a run without faults:\n" + "\n".join(said))
