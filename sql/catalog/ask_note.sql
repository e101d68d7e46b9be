-- Notes questions that were answered.
SELECT ops.note_queries($1::jsonb)
