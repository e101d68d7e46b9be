# ranks.txt first, then the sources.
FNR == NR && /^#/ { next }
FNR == NR && $1 == "lib" { for (i = 3; i <= NF; i++) owner[$2, $i] = 1; libs[$2] = 1; next }
FNR == NR { if (NF >= 2) rank[$1] = $2; next }
FNR == 1 {
  own = FILENAME
  if (own ~ /^src\/main\.c$/) own = "main"
  else if (own ~ /^src\//) { sub(/^src\//, "", own); sub(/\/.*/, "", own) }
  else { sub(/^include\/ytempire\//, "", own); sub(/\.h$/, "", own); sub(/\/.*/, "", own) }
  if (!(own in rank)) print FILENAME ": room " own " has no rank"
}
/^#[ \t]*include/ {
  name = $0; sub(/^#[ \t]*include[ \t]*[<"]/, "", name); sub(/[>"].*/, "", name)
  for (lib in libs)
    if (index(name, lib) == 1 && !((lib, own) in owner)) print FILENAME ":" FNR ": " name " belongs to another room"
  if (name !~ /^ytempire\//) {
    if (name ~ /^(src\/|\.\.)/ && index(name, "src/" own "/") != 1) print FILENAME ":" FNR ": " name " reaches into a room from outside"
    next
  }
  room = name; sub(/^ytempire\//, "", room); sub(/\.h$/, "", room); sub(/\/.*/, "", room)
  if (room == own) next
  if (!(room in rank)) print FILENAME ":" FNR ": " name ": room " room " has no rank"
  else if (rank[room] >= rank[own]) print FILENAME ":" FNR ": " own " (rank " rank[own] ") may not know " room " (rank " rank[room] ")"
}
