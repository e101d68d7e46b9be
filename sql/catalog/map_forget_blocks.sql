-- Rows of target $1 that were there before are other ones now: storing the blocks they came from would change them back.
SELECT ops.forget_blocks($1)
