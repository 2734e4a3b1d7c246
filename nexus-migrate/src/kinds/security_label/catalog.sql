-- Security labels, by the address of what they are on. Of shared objects only subscriptions are a database's own.
SELECT l.classoid, l.objoid, l.objsubid, json_build_array(l.provider)::text, json_build_object('label', l.label)::text
FROM pg_seclabel l
WHERE l.objoid >= 16384
UNION ALL
SELECT l.classoid, l.objoid, 0, json_build_array(l.provider)::text, json_build_object('label', l.label)::text
FROM pg_shseclabel l
WHERE l.classoid = 'pg_subscription'::regclass
ORDER BY 1, 2, 3, 4
