# Functions that are errors outside their owner.
FNR == 1 { in_comment = 0 }
{
  line = $0
  gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
  sub(/\/\*.*\*\//, "", line)
  if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); in_comment = 1; }
  else if (in_comment) { if (line ~ /\*\//) { sub(/.*\*\//, "", line); in_comment = 0 } else next }
  if (match(line, /(^|[^a-zA-Z0-9_.>])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|strtol|strtoul|strtoll|gmtime|localtime|gets|system|popen|sleep|usleep|PQexec|PQexecParams|redisCommand)[ \t]*\(/)) {
    word = substr(line, RSTART, RLENGTH); gsub(/[^a-zA-Z_]/, "", word)
    if (word == "redisCommand" && FILENAME ~ /^src\/engine\/redis/) next
    print FILENAME ":" FNR ": " word
  }
  if (FILENAME !~ /^src\/base\/(mem|str)\.c$/ && match(line, /(^|[^a-zA-Z0-9_.>])(malloc|calloc|realloc|strdup|strndup|asprintf|vasprintf)[ \t]*\(/)) {
    word = substr(line, RSTART, RLENGTH); gsub(/[^a-zA-Z_]/, "", word)
    print FILENAME ":" FNR ": " word " (base/mem.h has it)"
  }
}
