-- Event triggers.
SELECT 0::oid, 0::oid, 0, '[]'::json, '{}'::json WHERE false
ORDER BY 1
