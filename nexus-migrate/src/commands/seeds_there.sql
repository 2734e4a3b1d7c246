SELECT to_regclass('nexus.seeds') IS NOT NULL
