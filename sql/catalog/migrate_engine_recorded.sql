SELECT value, reason FROM ops.settings WHERE name = 'storage_engine'
