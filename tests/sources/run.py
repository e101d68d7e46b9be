#!/usr/bin/env python3
"""TAP: sources that ask an API, against a server of this machine that answers, pages, fails and lies; after each fault
the warehouse must be, row for row, that of a run without one. Under tests/with-servers; words choose cases."""
import sys

import backfill
import money
import place as ground
import secrets_kept
import youtube_analytics
import youtube_data

if __name__ == "__main__":
    sys.exit(ground.tap.run(youtube_data.CASES + youtube_analytics.CASES + money.CASES + backfill.CASES +
                            secrets_kept.CASES))
