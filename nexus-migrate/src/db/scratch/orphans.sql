SELECT quote_ident(d.datname)
FROM pg_database d
WHERE d.datname ~ '^nexus_scratch_[0-9]+_[0-9]+$'
  AND pg_has_role(d.datdba, 'MEMBER')
  AND NOT EXISTS (
    SELECT FROM pg_stat_activity a
    WHERE a.datid = d.oid
       OR a.application_name = substring(d.datname from '^nexus_scratch_[0-9]+')
  )
ORDER BY d.datname
