SELECT ops.analyze_relation($1)
