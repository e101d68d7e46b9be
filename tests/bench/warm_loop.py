"""The specification's warm_user_dashboards: one query and one SETEX a user (psycopg2, redis-py). Its SQL with the
corrections that make it run; the user's id is bound. Arguments: DSN, socket of Redis."""
import json
import sys

import psycopg2
import psycopg2.extras
import redis

REVENUE = """
    SELECT SUM(total_revenue_cents)/100.0 as revenue
    FROM analytics.fact_revenue
    WHERE user_key IN (SELECT user_key FROM analytics.dim_user WHERE user_id = %s)
    AND date_key >= (SELECT date_key FROM analytics.dim_date WHERE full_date = CURRENT_DATE - 30)
"""

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cache = redis.Redis(unix_socket_path=sys.argv[2])
cursor = connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
cursor.execute("SELECT user_id FROM users.accounts WHERE is_active = true")
for user in cursor.fetchall():
    user_id = user["user_id"]
    cursor.execute(REVENUE, (user_id,))
    cache.setex(f"analytics:user:{user_id}:monthly_revenue", 1800, json.dumps(cursor.fetchall(), default=str))
