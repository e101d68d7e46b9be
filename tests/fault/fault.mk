fault: all
	tests/fault/run
.PHONY: fault
