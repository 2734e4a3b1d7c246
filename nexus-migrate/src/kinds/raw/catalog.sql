-- No server can read it back: what there is comes from what its author said.
SELECT 0::oid, 0::oid, 0, '[]'::json, '{}'::json WHERE false
ORDER BY 1
