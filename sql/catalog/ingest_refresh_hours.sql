-- Computes the touched hours anew, so many at a time; says how many.
SELECT ops.refresh_hours(1000)
