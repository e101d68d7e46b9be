# The fuzzers: libFuzzer targets, one a reader of what comes from outside (clang, --enable-fuzz). See tests/fuzz/run.
